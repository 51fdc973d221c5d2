// Makes HTML of MJML with the npm module `mjml` of the project. Standard input: [{path, text}] as
// JSON; standard output: [{path, html, errors: [{line, message}]}], or {missing: why}.
const fs = require('fs');

function load() {
  const loaded = require(require.resolve('mjml', {paths: [process.cwd()]}));
  return loaded.default || loaded;
}

async function compile(mjml, file) {
  try {
    const made = await mjml(file.text, {
      filePath: process.cwd() + '/templates/',
      ignoreIncludes: false,
      includePath: process.cwd(),
      validationLevel: 'soft',
    });
    const errors = (made.errors || []).map(({line, message}) => ({line: line || 1, message}));
    return {path: file.path, html: made.html, errors};
  } catch (error) {
    return {path: file.path, html: '', errors: [{line: 1, message: String(error.message)}]};
  }
}

async function main() {
  let mjml;
  try {
    mjml = load();
  } catch (error) {
    return {missing: String(error.message).split('\n')[0]};
  }
  const made = [];
  for (const file of JSON.parse(fs.readFileSync(0, 'utf8'))) made.push(await compile(mjml, file));
  return made;
}

main().then((result) => fs.writeSync(1, JSON.stringify(result)));
