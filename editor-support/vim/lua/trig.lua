-- Neovim's language client for trig: `require('trig').setup()` in init.lua. 0.7 and later.
--
--   require('trig').setup({ cmd = { '/opt/trig/bin/trig', 'lsp' }, on_attach = my_mappings })
local M = {}

-- The folder above the file that holds trig.toml: the project; nil: there is none.
local function project_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local found = vim.fn.findfile('trig.toml', vim.fn.escape(folder, ' ;') .. ';')
  return found ~= '' and vim.fn.fnamemodify(found, ':p:h') or nil
end

-- Keys that ask the server: CTRL-X CTRL-O completes, CTRL-] goes to a definition. What somebody has
-- set already stays.
local function keys(buffer)
  for option, ask in pairs({ omnifunc = 'v:lua.vim.lsp.omnifunc', tagfunc = 'v:lua.vim.lsp.tagfunc' }) do
    if vim.api.nvim_buf_get_option(buffer, option) == '' then
      vim.api.nvim_buf_set_option(buffer, option, ask)
    end
  end
end

local program = 'trig'
-- One client a project, for all of its buffers.
local clients = {}

local function attach(buffer, root, options)
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
  if id and vim.lsp.buf_attach_client(buffer, id) then
    keys(buffer)
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
  local group = vim.api.nvim_create_augroup('trig_lsp', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = 'trig',
    callback = function(event)
      local path = vim.api.nvim_buf_get_name(event.buf)
      attach(event.buf, project_of(path) or vim.fn.fnamemodify(path, ':p:h'), options)
    end,
  })
  -- The server reads these too: one project is all of them.
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    pattern = { '*.liquid', 'trig.toml' },
    callback = function(event)
      local root = project_of(vim.api.nvim_buf_get_name(event.buf))
      if root then
        attach(event.buf, root, options)
      end
    end,
  })
end

return M
