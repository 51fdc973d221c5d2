if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=TrigIndent() indentkeys=0},0),0],!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*TrigIndent')
  finish
endif

" Without its texts and its comment.
function s:Code(number)
  let l:line = substitute(getline(a:number), '"\%([^"\\]\|\\.\)*"\?', '""', 'g')
  return substitute(l:line, '#.*$', '', '')
endfunction

" One step in after a line that opens more than it closes, one out at a line that closes.
function TrigIndent()
  let l:above = prevnonblank(v:lnum - 1)
  if l:above == 0
    return 0
  endif
  let l:indent = indent(l:above)
  " What closes at its beginning was already taken off that line.
  let l:code = substitute(s:Code(l:above), '^\s*[})\]]\+', '', '')
  let l:open = len(substitute(l:code, '[^{(\[]', '', 'g'))
  let l:closed = len(substitute(l:code, '[^})\]]', '', 'g'))
  if l:open > l:closed
    let l:indent += shiftwidth()
  elseif l:open < l:closed
    let l:indent -= shiftwidth()
  endif
  if getline(v:lnum) =~# '^\s*[})\]]'
    let l:indent -= shiftwidth()
  endif
  return max([l:indent, 0])
endfunction
