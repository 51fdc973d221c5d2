// A language server that answers `initialize` and notes the first file it is told of.
import fs from 'node:fs';

const said = {};
let received = Buffer.alloc(0);

function answer(id, result) {
  const body = JSON.stringify({ jsonrpc: '2.0', id, result });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function take(message) {
  if (message.method === 'initialize') {
    said.root = message.params.rootUri;
    answer(message.id, { capabilities: { textDocumentSync: 1 } });
  } else if (message.method === 'textDocument/didOpen' && !said.opened) {
    said.opened = message.params.textDocument.uri;
    fs.writeFileSync(`${process.argv[2]}.part`, JSON.stringify(said));
    fs.renameSync(`${process.argv[2]}.part`, process.argv[2]);
  } else if (message.method === 'exit') {
    process.exit(0);
  } else if (message.id !== undefined) {
    answer(message.id, null);
  }
}

process.stdin.on('data', (data) => {
  received = Buffer.concat([received, data]);
  for (;;) {
    const head = received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const size = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, head).toString())[1]);
    if (received.length < head + 4 + size) return;
    const body = received.subarray(head + 4, head + 4 + size).toString();
    received = received.subarray(head + 4 + size);
    take(JSON.parse(body));
  }
});
process.stdin.on('end', () => process.exit(0));
