-- What somebody does in Neovim with `trig lsp`; run by lsp_neovim_test.py. The built-in client of
-- Neovim 0.7 alone, no plugin. Ends with 0 if all was as expected, and says what was not.
local trig = os.getenv("TRIG")
local project = os.getenv("PROJECT")

local function fail(what)
  io.stderr:write("not as expected: " .. what .. "\n")
  vim.cmd("cquit 1")
end

local function expect(condition, what)
  if not condition then fail(what) end
end

local function wait_until(what, condition)
  if not vim.wait(20000, condition, 20) then fail("in 20 seconds " .. what) end
end

local client = vim.lsp.start_client({
  name = "trig",
  cmd = { trig, "lsp" },
  root_dir = project,
})
expect(client, "the server starts")

local function open(path)
  vim.cmd("edit " .. project .. "/" .. path)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client)
  return buffer
end

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function request(buffer, method, params)
  local answers, problem = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  if not answers then fail(method .. ": " .. tostring(problem)) end
  local answer = answers[client]
  if not answer or answer.err then fail(method .. ": " .. vim.inspect(answer)) end
  return answer.result
end

local function position(buffer, line, column)
  return {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = line, character = column },
  }
end

-- A place by the text that stands there: the end of `before`.
local function after(buffer, before)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  for number, line in ipairs(lines) do
    local _, last = line:find(before, 1, true)
    if last then return position(buffer, number - 1, last) end
  end
  fail("there is no `" .. before .. "`")
end

-- A mistake, its diagnostic, the code action, no diagnostic left.
local cart = open("campaigns/cart.trig")
wait_until("the mistake is shown", function()
  return #vim.diagnostic.get(cart) == 1
end)
local found = vim.diagnostic.get(cart)[1]
expect(found.code == "E0101" or found.user_data.lsp.code == "E0101", "its code is E0101")
expect(found.message:find("cart_remindr", 1, true), "it names the unknown template")
local actions = request(cart, "textDocument/codeAction", {
  textDocument = vim.lsp.util.make_text_document_params(cart),
  range = {
    start = { line = found.lnum, character = found.col },
    ["end"] = { line = found.end_lnum, character = found.end_col },
  },
  context = { diagnostics = {} },
})
expect(#actions == 1, "there is one code action")
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
expect(text_of(cart):find("send cart_reminder(", 1, true), "the action mends the name")
wait_until("no diagnostic is left", function()
  return #vim.diagnostic.get(cart) == 0
end)

-- Completion inside `send cart_reminder(`.
local items = request(cart, "textDocument/completion", after(cart, "send cart_reminder(")).items
local labels = {}
for _, item in ipairs(items) do labels[item.label] = true end
expect(labels.total and labels.shop_name, "completion offers the template's parameters")

-- An event's field is renamed, with the template's variable that it is passed under.
local vocabulary = open("shop.trig")
local edit = request(vocabulary, "textDocument/rename",
  vim.tbl_extend("force", after(vocabulary, "  tot"), { newName = "amount" }))
vim.lsp.util.apply_workspace_edit(edit, "utf-16")
vim.cmd("wall")
expect(text_of(vocabulary):find('amount:%s+money from "total"'),
  "the field is still read under its old name")
expect(text_of(cart):find("amount: cart.amount", 1, true), "the campaign says the new name")
local mail = open("templates/cart_reminder.html.liquid")
expect(text_of(mail):find("{{ amount | money }}", 1, true), "the template says the new name")
expect(not text_of(mail):find("total", 1, true), "the template says the old name no more")
vim.wait(500)
for _, buffer in ipairs({ vocabulary, cart, mail }) do
  expect(#vim.diagnostic.get(buffer) == 0, "after renaming nothing is wrong")
end

-- Hover, definition, the format.
local hover = request(cart, "textDocument/hover", after(cart, "cart.amou"))
expect(hover.contents.value:find("amount: money", 1, true), "hover says the type")
local places = request(cart, "textDocument/definition", after(cart, "send cart_rem"))
expect(#places == 1 and places[1].uri:find("shop.trig", 1, true), "the definition is found")
vim.api.nvim_buf_set_lines(cart, 1, 1, false, { "" , "", "" })
local edits = request(cart, "textDocument/formatting", {
  textDocument = vim.lsp.util.make_text_document_params(cart),
  options = { tabSize = 2, insertSpaces = true },
})
expect(#edits == 1, "the format is another")

vim.lsp.stop_client(client)
vim.wait(5000, function() return vim.lsp.client_is_stopped(client) end, 20)
expect(vim.lsp.client_is_stopped(client), "the server ends")
io.stderr:write("as expected\n")
vim.cmd("qall!")
