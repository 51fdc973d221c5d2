-- Neovim with its client for trig, and a server that only notes what it is told (vim_server.mjs). Leaves
-- in $SAID what the server noted, how many clients there are, and what a test's lens would run.
local said = os.getenv('SAID')
require('trig').setup({ cmd = { 'node', os.getenv('NODE_SERVER'), said } })
vim.cmd('filetype plugin on')
vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('FILE')))
-- A second file of the project has the same client.
vim.cmd('edit ' .. vim.fn.fnameescape((os.getenv('FILE'):gsub('cart.trig', 'browse.trig'))))
vim.wait(20000, function()
  return vim.fn.filereadable(said) == 1
end)
local told = vim.fn.json_decode(vim.fn.readfile(said))
told.clients = #vim.lsp.get_active_clients()
vim.fn.termopen = function(words)
  told.ran = words
end
local lens = { project = vim.fn.fnamemodify(os.getenv('FILE'), ':h:h'), test = 'T03: a' }
vim.lsp.commands['trig.runTest']({ arguments = { lens } })
vim.fn.writefile({ vim.fn.json_encode(told) }, said)
vim.cmd('quitall!')
