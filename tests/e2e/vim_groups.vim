" The syntax group of given places, as Neovim colours them: reads lines `FILE:LINE:COLUMN` from $PLACES
" and writes each with its group, and the filetype, to $GROUPS.
let s:out = []
let s:file = ''
for s:place in readfile($PLACES)
  let [s:all, s:path, s:line, s:column; s:rest] = matchlist(s:place, '^\(.*\):\(\d\+\):\(\d\+\)$')
  if s:path !=# s:file
    execute 'silent edit' fnameescape(s:path)
    let s:file = s:path
  endif
  let s:group = synIDattr(synID(str2nr(s:line), str2nr(s:column), 0), 'name')
  call add(s:out, s:place . ' ' . &filetype . ' ' . s:group)
endfor
call writefile(s:out, $GROUPS)
quitall!
