// node validate.mjs MODULES ROOT OUTPUT DOCS…: see run.sh, which calls it. MODULES holds node_modules, ROOT is the
// repository, OUTPUT has what the program wrote, DOCS are folders with more documents of that kind.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { BOUNDARIES } from './boundaries.mjs';
import { checkCanonical, checkNumbers, checkSortedStrings } from './canonical.mjs';
import { RECORD_MUTATIONS } from './mutations.mjs';

const [modules, root, output, ...docs] = process.argv.slice(2);
const need = createRequire(join(modules, 'package.json'));
const Ajv2020 = need('ajv/dist/2020.js').default;
const Ajv = need('ajv').default;
const addFormats = need('ajv-formats').default;
const yaml = need('yaml');

const BASE = 'https://caravan.example/schemas/';
const schemas = join(root, 'schemas');
const INPUT_TOPIC_SCHEMA = 'event';

// Examples in schemas/examples/invalid whose fault JSON Schema cannot express, and why.
const BYTES = 'maxLength counts characters, the limit bytes';
const DIGITS = 'a parser makes a double of a number, which has no digits to count';
const TWICE = 'uniqueItems compares whole entries, not their numbers';
const PARSED = 'of a repeated member the parser keeps one';
const OUTSIDE = 'it depends on what is not in the message';
const INEXPRESSIBLE = {
  'BAD_ENVELOPE--id-too-long.json': BYTES,
  'BAD_ENVELOPE--time-before-2000.json': 'the local time is in 2000, the instant is not',
  'BAD_FIELD--container-twice.json': TWICE,
  'BAD_FIELD--found-twice.json': TWICE,
  'BAD_FIELD--listed-on-two-wagons.json': TWICE,
  'BAD_FIELD--linked-to-itself.json': 'two members cannot be compared',
  'BAD_FIELD--name-of-256-bytes.json': BYTES,
  'BAD_FIELD--net-above-gross.json': 'two numbers cannot be compared',
  'BAD_FIELD--position-twice.json': TWICE,
  'BAD_FIELD--seven-fraction-digits.json': DIGITS,
  'BAD_FIELD--un-twice.json': TWICE,
  'BAD_FIELD--wagon-twice.json': TWICE,
  'DUPLICATE_MEMBER--arrived-at.json': PARSED,
  'DUPLICATE_MEMBER--authority.json': PARSED,
  'DUPLICATE_MEMBER--escaped-name.json': PARSED,
  'DUPLICATE_MEMBER--gross-kg.json': PARSED,
  'DUPLICATE_MEMBER--id.json': PARSED,
  'DUPLICATE_MEMBER--null-beside-a-value.json': PARSED,
  'KEY_MISMATCH--lower-case.json': OUTSIDE,
  'KEY_MISMATCH--no-key.json': OUTSIDE,
  'KEY_MISMATCH--other-train.json': OUTSIDE,
  'LIMIT_EXCEEDED--train-bytes.json': OUTSIDE,
  'NOT_JSON--lone-surrogate.json': 'the parser lets a lone surrogate through',
  'NOT_JSON--nested-too-deep.json': 'a schema does not see how deep an ignored member nests',
  'TIME_IN_FUTURE--a-day-and-a-millisecond.json': OUTSIDE,
  'TOO_LATE--train-before-the-horizon.json': OUTSIDE,
};

// ---- cases

let failures = 0;

function check(name, run) {
  try {
    run();
    console.log(`ok schemas: ${name}`);
  } catch (error) {
    failures += 1;
    console.log(`not ok schemas: ${name}`);
    console.log(`    ${error.message}`);
  }
}

function expect(truth, message) {
  if (!truth) throw new Error(message);
}

function list(folder, suffix) {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(suffix)).sort() : [];
}

const read = (...path) => readFileSync(join(...path), 'utf8');
const clone = (value) => JSON.parse(JSON.stringify(value));

// ---- the schemas

// strictRequired would want each condition's branch to describe again what it requires.
const ajv = new Ajv2020({ strict: true, strictTypes: true, strictTuples: true, strictRequired: false });
addFormats(ajv);

const filesOf = (folder) => list(join(schemas, folder), '.json').map((name) => `${folder}/${name}`);
const files = [...filesOf('events'), ...filesOf('records')];

// Calls `visit` with each member's schema and its place. Conditions (if, then, else, allOf, not) only narrow what is
// described elsewhere.
function eachMember(schema, path, visit) {
  if (schema === null || typeof schema !== 'object') return;
  for (const name of schema.required ?? []) {
    const described = schema.properties === undefined || name in schema.properties;
    expect(described, `${path} requires ${name}, which it does not describe`);
  }
  for (const keyword of ['properties', 'patternProperties', '$defs']) {
    for (const [name, member] of Object.entries(schema[keyword] ?? {})) {
      visit(member, `${path}/${keyword}/${name}`);
      eachMember(member, `${path}/${keyword}/${name}`, visit);
    }
  }
  if (schema.items) eachMember(schema.items, `${path}/items`, visit);
  (schema.oneOf ?? []).forEach((branch, i) => eachMember(branch, `${path}/oneOf/${i}`, visit));
}

function isDescribed(schema, id) {
  if (typeof schema !== 'object') return false;
  if (schema.description) return true;
  return schema.$ref !== undefined && isDescribed(ajv.getSchema(new URL(schema.$ref, id).href)?.schema, id);
}

function checkSchemas() {
  for (const file of files) ajv.addSchema(JSON.parse(read(schemas, file)));
  for (const file of files) {
    check(`${file} compiles, is named and describes every member`, () => {
      const schema = JSON.parse(read(schemas, file));
      expect(schema.$id === BASE + file, `$id is ${schema.$id}`);
      expect(schema.$schema === 'https://json-schema.org/draft/2020-12/schema', `$schema is ${schema.$schema}`);
      expect(schema.title && schema.description, 'title or description is missing');
      expect(ajv.getSchema(schema.$id) !== undefined, 'it does not compile');
      eachMember(schema, '', (member, path) => expect(isDescribed(member, schema.$id), `${path} has no description`));
    });
  }
}

const folderOf = (name) => (name === INPUT_TOPIC_SCHEMA ? 'events' : 'records');
const validator = (name) => ajv.getSchema(`${BASE}${folderOf(name)}/${name}.json`);
const passes = (name, document) => validator(name)(document);

function expectPass(name, document, place) {
  expect(passes(name, document), `${place}: ${ajv.errorsText(validator(name).errors)}`);
}

// ---- what no schema can say of a document

function checkSums(document) {
  if (document.schema === 'rail.traffic.v1') {
    const byStatus = document.open + document.cleared + document.held + document.incomplete;
    expect(document.trains === byStatus, 'trains is not the sum by status');
  }
  if (document.schema === 'rail.throughput.v1') {
    const rejected = Object.values(document.rejected).reduce((sum, count) => sum + count, 0);
    const outcomes = document.accepted + document.duplicate + document.stale + rejected;
    expect(document.events_in === outcomes, 'events_in is not the sum of what became of them');
  }
}

function checkOrder(document) {
  if (document.schema !== 'rail.clearance.v1') return;
  for (const [member, key] of [['declarations', 'id'], ['containers', 'number']]) {
    document[member].forEach((entry, i, all) => {
      expect(i === 0 || all[i - 1][key] < entry[key], `${member} are not sorted by ${key} at ${i}`);
    });
  }
}

const CANONICAL = ['clearance', 'traffic'];

function checkDocument(name, text, place) {
  const document = JSON.parse(text);
  expectPass(name, document, place);
  if (CANONICAL.includes(name)) {
    checkCanonical(text);
    checkOrder(document);
  } else if (name !== INPUT_TOPIC_SCHEMA) {
    checkNumbers(text);
    checkSortedStrings(document);
  }
  checkSums(document);
}

const lines = (text) => text.split('\n').filter((line) => line.trim() !== '');

// A file SCHEMA-ANYTHING.json (one document) or .jsonl (one a line; at least `least`).
function checkFile(folder, file, name, least = 1) {
  check(`${folder === output ? 'output' : basename(folder)}/${file} is ${name}`, () => {
    const all = file.endsWith('.jsonl') ? lines(read(folder, file)) : [read(folder, file).trimEnd()];
    expect(all.length >= least, 'it is empty');
    all.forEach((text, i) => {
      try {
        checkDocument(name, text, `line ${i + 1}`);
      } catch (error) {
        throw new Error(`line ${i + 1}: ${error.message}`);
      }
    });
  });
}

const OUTPUTS = filesOf('records').map((file) => basename(file, '.json')).filter((name) => name !== 'common');

// The schema that a file's name begins with; the longest where several do.
function schemaOf(file) {
  const begins = (name) => file.startsWith(`${name}-`) || file.startsWith(`${name}.`);
  const fits = [INPUT_TOPIC_SCHEMA, ...OUTPUTS].filter(begins);
  return fits.sort((a, b) => b.length - a.length)[0];
}

function checkFolder(folder) {
  const found = list(folder, '.json').concat(list(folder, '.jsonl')).filter((file) => file !== 'events.jsonl');
  for (const file of found) {
    const name = schemaOf(file);
    if (name !== undefined) checkFile(folder, file, name);
    else check(`${basename(folder)}/${file}`, () => expect(false, 'its name begins with the name of no schema'));
  }
  return found;
}

// ---- examples

// {} for what is not JSON in UTF-8; a byte order mark stays and is not JSON.
function parsed(bytes) {
  try {
    return { document: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return {};
  }
}

function checkExamples() {
  const examples = join(schemas, 'examples');
  for (const file of list(join(examples, 'valid'), '.json')) {
    check(`examples/valid/${file} is an event`, () => {
      expectPass('event', JSON.parse(read(examples, 'valid', file)), 'event');
    });
  }
  const invalid = list(join(examples, 'invalid'), '.json');
  for (const file of invalid) {
    const why = INEXPRESSIBLE[file];
    const { document } = parsed(readFileSync(join(examples, 'invalid', file)));
    const refused = document === undefined || !passes('event', document);
    if (why === undefined) {
      check(`examples/invalid/${file} is refused`, () => {
        expect(refused, 'it passes; INEXPRESSIBLE is for faults beyond a schema');
      });
    } else {
      check(`examples/invalid/${file} is beyond a schema: ${why}`, () => expect(!refused, 'it is refused'));
    }
  }
  for (const file of Object.keys(INEXPRESSIBLE)) {
    if (!invalid.includes(file)) check(`exception ${file}`, () => expect(false, 'there is no such example'));
  }
  const found = checkFolder(join(examples, 'records'));
  check('examples/records has one of every output', () => {
    for (const name of OUTPUTS) expect(found.some((file) => schemaOf(file) === name), `${name} has none`);
  });
}

function checkGolden() {
  const golden = join(root, 'tests', 'golden', 'records');
  for (const file of list(golden, '.events.jsonl')) checkFile(golden, file, 'event');
  for (const file of list(golden, '.json')) checkFile(golden, file, 'clearance');
}

// The records shown as examples are golden ones, which the program is tested against.
function checkShownRecords() {
  const golden = join(root, 'tests', 'golden', 'records');
  const records = new Set(list(golden, '.json').map((file) => read(golden, file)));
  const shown = list(join(schemas, 'examples', 'records'), '.json').filter((name) => name.startsWith('clearance-'));
  for (const file of shown) {
    const text = read(schemas, 'examples', 'records', file);
    check(`examples/records/${file} is a golden record`, () => expect(records.has(text), 'none has these bytes'));
  }
}

// ---- that the schemas are strict

// Calls `visit` with a copy of the document in which one thing is changed, for each thing.
function eachChange(document, change, visit) {
  const walk = (value, path) => {
    if (value === null || typeof value !== 'object') return;
    const keys = change.at === 'object' ? (Array.isArray(value) ? [] : [undefined]) : Object.keys(value);
    for (const key of keys) {
      const copy = clone(document);
      const target = path.reduce((inner, step) => inner[step], copy);
      change.apply(target, key);
      visit(copy, `/${[...path, key ?? ''].join('/')}`);
    }
    for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
  };
  walk(document, []);
}

const TO_NULL = { at: 'member', apply: (target, key) => { target[key] = null; } };
// A named member that is null is absent; an item of an array is no member.
const WITHOUT = {
  at: 'member',
  apply: (target, key) => {
    if (Array.isArray(target)) target[key] = null;
    else delete target[key];
  },
};
const UNKNOWN = { at: 'object', apply: (target) => { target.unknown_member = null; } };

function checkNulls(name, document) {
  const nullPasses = new Map();
  eachChange(document, TO_NULL, (copy, path) => nullPasses.set(path, passes(name, copy)));
  eachChange(document, WITHOUT, (copy, path) => {
    const absent = name === INPUT_TOPIC_SCHEMA && !/[0-9]$/.test(path) && passes(name, copy);
    expect(nullPasses.get(path) === absent, `null at ${path} ${absent ? 'fails' : 'passes'}`);
  });
}

function checkStrict(name, document, place, unknownPasses) {
  check(`${name}: null and unknown members in ${place}`, () => {
    checkNulls(name, document);
    eachChange(document, UNKNOWN, (copy, path) => {
      const found = passes(name, copy);
      expect(found === unknownPasses, `an unknown member in ${path} ${found ? 'passes' : 'fails'}`);
    });
  });
}

function checkStrictness() {
  const golden = join(root, 'tests', 'golden', 'records');
  const examples = join(schemas, 'examples', 'records');
  const goldenLines = list(golden, '.events.jsonl').flatMap((file) => lines(read(golden, file)));
  const events = goldenLines.map((line) => JSON.parse(line));
  const byType = new Map(events.map((event) => [event.type, event]));
  for (const [type, event] of byType) checkStrict('event', event, type, true);
  check('every type of event was tried', () => expect(byType.size === 11, `${byType.size} were`));
  for (const file of list(examples, '.json').filter((file) => schemaOf(file) !== 'dead-letter-headers')) {
    checkStrict(schemaOf(file), JSON.parse(read(examples, file)), file, false);
  }
  for (const { name, example, change } of RECORD_MUTATIONS) {
    check(`clearance: refused: ${name}`, () => {
      const document = JSON.parse(read(golden, example));
      expectPass('clearance', document, example);
      change(document);
      expect(!passes('clearance', document), 'it passes');
    });
  }
}

// ---- bounds: the schema's opinion, and the program's

function checkBoundaries(name, accepts) {
  check(`${name}: ${BOUNDARIES.length} events at and beyond the bounds`, () => {
    const wrong = BOUNDARIES.filter((one, i) => accepts(one.event, i) !== one.valid);
    expect(wrong.length === 0, wrong.map((one) => `${one.valid ? 'refused' : 'taken'}: ${one.name}`).join('\n    '));
  });
}

function rejectedBoundaries(program) {
  const input = join(output, 'boundaries.in');
  const rejects = join(output, 'boundaries.out');
  writeFileSync(input, BOUNDARIES.map((one) => `${JSON.stringify(one.event)}\n`).join(''));
  const merge = spawnSync(program, ['merge', '--rejects', rejects, '-o', join(output, 'boundaries.records'), input]);
  expect(merge.status === 0, `caravan merge: ${merge.stderr}`);
  return new Set(lines(readFileSync(rejects, 'utf8')).map((line) => JSON.parse(line).line));
}

// ---- what the program wrote

// An event that the program takes must pass: the schema is never stricter than the program.
function checkAcceptedEvents() {
  const rejected = new Set(lines(read(output, 'rejects-auto-summary.jsonl')).map((line) => JSON.parse(line).line));
  let taken = 0;
  read(output, 'events.jsonl').split('\n').forEach((text, i) => {
    if (text.trim() === '' || rejected.has(i + 1)) return;
    expectPass('event', JSON.parse(text), `line ${i + 1}`);
    taken += 1;
  });
  expect(taken > 0, 'the program took no event');
}

function checkOutput() {
  if (!existsSync(join(output, 'events.jsonl'))) return;
  const rejected = rejectedBoundaries(process.env.CARAVAN);
  checkBoundaries('the program', (_, i) => !rejected.has(i + 1));
  check('every event that the program takes passes', checkAcceptedEvents);
  check('the rejects have texts and bytes that are not UTF-8', () => {
    const rejects = lines(read(output, 'rejects-auto-summary.jsonl')).map((line) => JSON.parse(line));
    for (const member of ['value', 'value_base64']) expect(rejects.some((one) => member in one), `none has ${member}`);
  });
  checkFolder(output);
}

// ---- AsyncAPI

function eachReference(value, visit) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string') visit(value.$ref);
  Object.values(value).forEach((member) => eachReference(member, visit));
}

function checkReference(document, reference) {
  if (!reference.startsWith('#/')) {
    expect(existsSync(join(schemas, reference.split('#')[0])), `${reference} does not exist`);
    return;
  }
  const steps = reference.slice(2).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  expect(steps.reduce((inner, step) => inner?.[step], document) !== undefined, `${reference} leads nowhere`);
}

function checkAsyncapi() {
  const document = yaml.parse(read(schemas, 'asyncapi.yaml'));
  check('asyncapi.yaml is AsyncAPI 3.0', () => {
    const draft7 = new Ajv({ strict: false, meta: false, validateSchema: false });
    addFormats(draft7);
    const valid = draft7.compile(need('@asyncapi/specs/schemas/3.0.0.json'));
    expect(valid(document), draft7.errorsText(valid.errors));
  });
  check('every reference in asyncapi.yaml leads somewhere', () => {
    eachReference(document, (reference) => checkReference(document, reference));
  });
  check('asyncapi.yaml uses every schema of a message', () => {
    const used = new Set();
    eachReference(document, (reference) => used.add(reference));
    const wanted = files.filter((file) => !/common|envelope|events\/event|rejects|facts/.test(file));
    for (const file of wanted) expect(used.has(`./${file}`), `${file} is not used`);
  });
}

// The topics of the document are the defaults of the options topic.* in schemas/options.md, which a test of the command
// line compares with the program.
function checkTopics() {
  const document = yaml.parse(read(schemas, 'asyncapi.yaml'));
  const rows = read(schemas, 'options.md').matchAll(/^\| `topic\.[a-z_]+` \| name \| `([a-z.-]+)` \|/gm);
  const options = [...rows].map((row) => row[1]).sort();
  const addresses = Object.values(document.channels).map((channel) => channel.address).sort();
  check('asyncapi.yaml has the topics of the options', () => {
    expect(options.length > 0, 'the options are not in the table');
    expect(options.join() === addresses.join(), `${addresses.join()} instead of ${options.join()}`);
  });
}

checkSchemas();
checkExamples();
checkGolden();
checkShownRecords();
checkStrictness();
checkBoundaries('the schema', (event) => passes('event', event));
checkOutput();
docs.forEach(checkFolder);
checkAsyncapi();
checkTopics();
process.exitCode = failures === 0 ? 0 : 1;
