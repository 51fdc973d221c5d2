autocmd BufNewFile,BufRead *.trig setfiletype trig
