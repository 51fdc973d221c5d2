if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=TrigIndent() indentkeys=0},0),0],!^F,o,O,=from,=where,=per,=unless,=and,=or
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*TrigIndent')
  finish
endif

let s:skip = "synIDattr(synID(line('.'), col('.'), 0), 'name') =~# 'Text\\|Comment'"
" Lines that go on with the statement above them.
let s:goes_on = '^\s*\%(from\|where\|per\|unless\|and\|or\|then\|within\|up to\)\>'

" Without its texts and its comment.
function s:Code(number)
  let l:line = substitute(getline(a:number), '"\%([^"\\]\|\\.\)*"\?', '""', 'g')
  return substitute(l:line, '#.*$', '', '')
endfunction

" Where the parenthesis stands that is open at the beginning of a line, not before the declaration
" it is in; [0, 0]: none is.
function s:Parenthesis(number)
  call cursor(a:number, 1)
  return searchpairpos('(', '', ')', 'bnW', s:skip, max([search('^\S', 'bnW'), 1]))
endfunction

" The line on which the statement begins that a line belongs to.
function s:Start(number)
  let l:start = a:number
  while l:start > 1
    let l:open = s:Parenthesis(l:start)[0]
    if l:open > 0
      let l:start = l:open
    elseif getline(l:start) =~# s:goes_on
      let l:start = prevnonblank(l:start - 1)
    else
      break
    endif
  endwhile
  return l:start
endfunction

" How many more brackets the lines open than they close. What closes at the very beginning was
" already taken off that line.
function s:Opened(first, last)
  let l:opened = 0
  for l:number in range(a:first, a:last)
    let l:code = s:Code(l:number)
    if l:number == a:first
      let l:code = substitute(l:code, '^\s*[})\]]\+', '', '')
    endif
    let l:opened += len(substitute(l:code, '[^{(\[]', '', 'g'))
    let l:opened -= len(substitute(l:code, '[^})\]]', '', 'g'))
  endfor
  return l:opened
endfunction

function TrigIndent()
  let l:above = prevnonblank(v:lnum - 1)
  if l:above == 0
    return 0
  endif
  let l:line = getline(v:lnum)
  let [l:open, l:column] = s:Parenthesis(v:lnum)
  if l:open > 0 && getline(l:open)[l:column :] =~# '\S'
    return l:column
  endif
  if l:line =~# '^\s*\%(and\|or\)\>'
    return indent(l:above) + (getline(l:above) =~# '^\s*\%(and\|or\)\>' ? 0 : shiftwidth())
  endif
  let l:start = s:Start(l:above)
  let l:indent = indent(l:start)
  if l:line =~# s:goes_on
    return l:indent + shiftwidth()
  endif
  let l:opened = s:Opened(l:start, l:above)
  if l:opened != 0
    let l:indent += l:opened > 0 ? shiftwidth() : -shiftwidth()
  endif
  if l:line =~# '^\s*[})\]]'
    let l:indent -= shiftwidth()
  endif
  return max([l:indent, 0])
endfunction
