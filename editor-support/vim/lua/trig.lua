-- Neovim's language client for trig: `require('trig').setup()` in init.lua. 0.7 and later.
--
--   require('trig').setup({ cmd = { '/opt/trig/bin/trig', 'lsp' }, on_attach = my_mappings })
local M = {}

-- The folder above the file that holds trig.toml: the project.
local function project_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local found = vim.fn.findfile('trig.toml', vim.fn.escape(folder, ' ;') .. ';')
  return found == '' and folder or vim.fn.fnamemodify(found, ':p:h')
end

local program = 'trig'
-- One client a project, for all of its buffers.
local clients = {}

local function attach(buffer, options)
  local root = project_of(vim.api.nvim_buf_get_name(buffer))
  local id = clients[root]
  if id == nil or vim.lsp.get_client_by_id(id) == nil then
    id = vim.lsp.start_client({
      name = 'trig',
      cmd = options.cmd,
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
      on_attach = options.on_attach,
      capabilities = options.capabilities,
    })
    clients[root] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
end

-- The code lens of a test: `trig test` in a terminal.
local function run_test(command)
  local lens = command.arguments[1]
  vim.cmd('belowright new')
  vim.fn.termopen({ program, 'test', lens.project, '--filter', lens.test })
end

function M.setup(options)
  options = vim.tbl_extend('keep', options or {}, { cmd = { 'trig', 'lsp' } })
  program = options.cmd[1]
  vim.lsp.commands['trig.runTest'] = run_test
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('trig_lsp', { clear = true }),
    pattern = 'trig',
    callback = function(event)
      attach(event.buf, options)
    end,
  })
end

return M
