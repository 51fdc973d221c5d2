// The extension: starts `trig lsp` for the project, and runs tests in a terminal.
const path = require('path');
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

let client;

function program() {
  return vscode.workspace.getConfiguration('trig').get('path') || 'trig';
}

function newClient() {
  const server = { command: program(), args: ['lsp'], transport: TransportKind.stdio };
  return new LanguageClient('trig', 'trig', server, {
    // The server reads these together: one project is all of them.
    documentSelector: [
      { scheme: 'file', language: 'trig' },
      { scheme: 'file', pattern: '**/*.liquid' },
      { scheme: 'file', pattern: '**/trig.toml' },
    ],
    synchronize: {
      fileEvents: vscode.workspace.createFileSystemWatcher('**/{*.trig,*.liquid,trig.toml,*.csv}'),
    },
  });
}

async function start() {
  client = newClient();
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(
      `trig: \`${program()} lsp\` does not start (${error.message}). ` +
        'The setting trig.path says which program it is.');
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop();
}

// The folder of the nearest trig.toml above a file.
async function projectOf(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      await vscode.workspace.fs.stat(vscode.Uri.file(path.join(folder, 'trig.toml')));
      return folder;
    } catch {
      if (folder === path.dirname(folder)) return path.dirname(file);
    }
  }
}

function currentFile() {
  const editor = vscode.window.activeTextEditor;
  if (editor) return editor.document.uri.fsPath;
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder && path.join(folder.uri.fsPath, 'trig.toml');
}

// Arguments go to the program as they are, past every shell.
async function runTests(project, title) {
  const task = new vscode.Task(
    { type: 'trig' }, vscode.TaskScope.Workspace, title || 'all tests', 'trig',
    new vscode.ProcessExecution(
      program(), ['test', project, ...(title ? ['--filter', title] : [])]));
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  await vscode.tasks.executeTask(task);
}

async function runAllTests() {
  const file = currentFile();
  if (file) await runTests(await projectOf(file));
}

async function activate(context) {
  context.subscriptions.push(
    // What a lens of the server above a test asks for.
    vscode.commands.registerCommand('trig.runTest', ({ project, test }) => runTests(project, test)),
    vscode.commands.registerCommand('trig.runTests', runAllTests),
    vscode.commands.registerCommand('trig.restart', async () => {
      await stop();
      await start();
    }));
  await start();
}

module.exports = { activate, deactivate: stop };
