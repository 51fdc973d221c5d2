// Starts the extension with stand-ins for the editor and the language client, as VS Code would:
// `node vscode_stand_in.js SCRIPT BUNDLE FILE LENS` prints what it asked of them when the lens with
// that argument is clicked. The bundle, which has the real client in it, is loaded only.
const fs = require('fs');
const Module = require('module');

const [script, bundle, file, lens] = process.argv.slice(2);
const told = { server: null, documents: [], commands: [], run: [] };
const commands = {};

// Whatever of the editor's interface nobody asked to see.
const fallback = (own) => new Proxy(own, { get: (known, name) => known[name] ?? class {} });
const vscode = fallback({
  commands: {
    registerCommand(name, run) {
      commands[name] = run;
      return { dispose() {} };
    },
  },
  workspace: {
    getConfiguration: () => ({ get: (name) => name === 'path' && 'trig-of-the-setting' }),
    createFileSystemWatcher: (pattern) => ({ pattern }),
    fs: { stat: (uri) => fs.promises.stat(uri.fsPath) },
  },
  window: { activeTextEditor: { document: { uri: { fsPath: file } } } },
  Uri: { file: (fsPath) => ({ fsPath }) },
  ProcessExecution: class {
    constructor(process, args) { Object.assign(this, { process, args }); }
  },
  Task: class {
    constructor(definition, scope, name, source, execution) { this.execution = execution; }
  },
  TaskScope: {},
  TaskRevealKind: {},
  tasks: {
    executeTask: async (task) => told.run.push([task.execution.process, task.execution.args]),
  },
});
const client = {
  TransportKind: { stdio: 0 },
  LanguageClient: class {
    constructor(id, name, server, options) { Object.assign(this, { server, options }); }
    async start() {
      told.server = [this.server.command, this.server.args];
      told.documents = this.options.documentSelector.map((one) => one.language || one.pattern);
    }
    async stop() { told.stopped = true; }
  },
};
const stand_ins = { vscode, 'vscode-languageclient/node': client };
const load = Module._load;
Module._load = (name, ...rest) => stand_ins[name] || load(name, ...rest);

(async () => {
  told.bundle = Object.keys(require(bundle)).sort();
  const { activate, deactivate } = require(script);
  await activate({ subscriptions: [] });
  told.commands = Object.keys(commands).sort();
  await commands['trig.runTest'](JSON.parse(lens));
  await commands['trig.runTests']();
  await deactivate();
  console.log(JSON.stringify(told));
})();
