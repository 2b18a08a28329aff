// Canonical form of what Caravan writes (contract 1 and 5.14), judged from the text, because a parsed document no
// longer shows it: RFC 8785 (members sorted by UTF-16, no spaces, minimal escapes), numbers as exact plain decimals,
// and every array of strings sorted by bytes and distinct.

const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[{}[\],:]/y;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$/;

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not canonical at character ${at}, before ${text.slice(at, at + 20)}`);
    found.push(match[0]);
  }
  return found;
}

function checkScalar(token) {
  const isString = token[0] === '"';
  const isNumber = /^[-0-9]/.test(token);
  if (isString && JSON.stringify(JSON.parse(token)) !== token) throw new Error(`${token} is not minimally escaped`);
  if (isNumber && (!NUMBER.test(token) || token === '-0')) throw new Error(`${token} is not a plain decimal`);
}

function checkMembers(text) {
  const open = [];  // the last member name of each object that is open; null for an array
  const all = tokens(text);
  all.forEach((token, i) => {
    if (token === '{') open.push('');
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else checkScalar(token);
    if (all[i + 1] === ':') {
      const name = JSON.parse(token);
      const last = open[open.length - 1];
      if (last !== '' && last >= name) throw new Error(`member ${name} stands behind ${last}`);
      open[open.length - 1] = name;
    }
  });
}

// Numbers alone, where spaces and the order of members are free.
export function checkNumbers(text) {
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g) ?? []) {
    if (token[0] !== '"') checkScalar(token);
  }
}

export function checkSortedStrings(value, path = '') {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (let i = 1; i < value.length; i++) {
      const strings = typeof value[i - 1] === 'string' && typeof value[i] === 'string';
      if (strings && Buffer.compare(Buffer.from(value[i - 1]), Buffer.from(value[i])) >= 0) {
        throw new Error(`${path} is not sorted and distinct at ${i}`);
      }
    }
  }
  for (const [name, member] of Object.entries(value)) checkSortedStrings(member, `${path}/${name}`);
}

// Throws an Error that says what is not canonical.
export function checkCanonical(text) {
  checkMembers(text);
  checkSortedStrings(JSON.parse(text));
}
