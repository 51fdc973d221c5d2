" Indents files anew: writes to $CHANGED every line of those listed in $FILES that does not stay as it is.
filetype plugin indent on
let s:changed = []
for s:file in readfile($FILES)
  execute 'silent edit' fnameescape(s:file)
  let s:before = getline(1, '$')
  silent normal! gg=G
  for s:number in range(len(s:before))
    if getline(s:number + 1) !=# s:before[s:number]
      call add(s:changed, s:file . ':' . (s:number + 1) . ':' . getline(s:number + 1))
    endif
  endfor
endfor
call writefile(s:changed, $CHANGED)
quitall!
