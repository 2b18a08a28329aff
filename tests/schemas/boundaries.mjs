// Events at and just beyond the bounds of contract 1 and 2. The schema and the program must agree on each of them.

const train = { number: 'X8024', date: '2020-12-18', port: 'CNAKL' };
const party = { code: 'P1', name: 'Party', country: 'CN', aeo: 'AEO1' };
const dangerous = { un: '1950', class: '2.1' };
const goods = {
  hs: '847130', description: 'Goods', packages: 1, package_type: 'CT', gross_kg: 10, net_kg: 5,
  value: 1, currency: 'CNY', dangerous: [dangerous],
};
const claimed = {
  number: 'CSQU3054383', size_type: '45G1', load: 'FCL', seal: 'S1', wagon: 'W1', tare_kg: 3880, goods: [goods],
};
const waybill = {
  number: 'B1', direction: 'exit', contract: 'C1', product: 'P', consignor: party, consignee: party, declarant: party,
  origin: 'CNXIY', destination: 'DEHAM',
};
const slot = { number: 'CSQU3054383', empty: true, domestic: true };
const other = { number: 'X8101', date: '2020-12-16', port: 'KZDYK' };

const BASES = {
  'rail.manifest.transmitted.v1': { waybill, containers: [claimed] },
  'rail.manifest.deleted.v1': { waybill: { number: 'B1' }, reason: '001' },
  'rail.train.composed.v1': { wagons: [{ wagon: 'W1', position: 1, containers: [slot] }] },
  'rail.train.arrived.v1': { place: 'CNAKL', arrived_at: '2020-12-18T09:00:00Z' },
  'rail.control.reported.v1': {
    scope: 'waybill', ref: 'B1', kind: 'risk', outcome: 'ordered', authority: 'KZ', found: [dangerous], note: 'N',
  },
  'rail.declaration.lodged.v1': {
    step: 'full', waybills: ['B1'], lodged_at: '2020-12-18T09:00:00Z', declaration_number: 'D1',
  },
  'rail.declaration.decided.v1': { declaration_number: 'D1', outcome: 'refused', reason: 'R' },
  'rail.merge.applied.v1': { application: 'A1', waybills: ['B1'] },
  'rail.tally.reported.v1': { container: 'CSQU3054383', packages: 1, gross_kg: 1, seal: 'S1', damaged: true },
  'rail.train.linked.v1': { role: 'from', other, containers: ['CSQU3054383'] },
  'rail.container.tracked.v1': {
    container: 'CSQU3054383', event: 'sealed', place: 'CNAKL', seal: 'S1', wagon: 'W1', latitude: 1, longitude: 1,
  },
};
const [transmitted, deleted, composed, arrived, control, declaration, decided, application, tally, linked,
  tracked] = Object.keys(BASES);

function baseEvent(type) {
  const data = { train, ...BASES[type] };
  const event = {
    specversion: '1.0', id: 'i', source: 's', type, time: '2020-12-18T09:00:00Z',
    datacontenttype: 'application/json', data,
  };
  return JSON.parse(JSON.stringify(event));
}

// ISO 6346: the number of serial number `serial`, with its check digit.
function containerNumber(serial) {
  const body = `TSTU${String(serial).padStart(6, '0')}`;
  const value = (sign) => {
    const letter = sign.charCodeAt(0) - 'A'.charCodeAt(0);
    return letter < 0 ? Number(sign) : 10 + letter + Math.floor((letter + 9) / 10);
  };
  const sum = [...body].reduce((total, sign, i) => total + value(sign) * 2 ** i, 0);
  return `${body}${(sum % 11) % 10}`;
}

const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const text = (max) => [
  ['x', 'é', ' ', 'x'.repeat(max)],
  ['', 'x'.repeat(max + 1), 'a\u0000', 'a\u001fb', '\n', 'a\u007f', 1, true]];
const number = (max, fraction, above = max) => [[0, 0.5, max - fraction], [above, -1, '1', true, []]];
const count = [[0, 1e9], [1e9 + 1, -1, 0.5, '1', true]];
const pattern = (good, bad) => [good, [...bad, '', 1]];
const TIME = pattern(
  ['2000-01-01T00:00:00Z', '2099-12-31T23:59:59.999999999Z', '2020-02-29T23:59:59+23:59', '2100-01-01T00:30:00+01:00',
    '1999-12-31T23:30:00-01:00', '2020-12-18T09:00:00.1-00:00'],
  ['2021-02-29T00:00:00Z', '2020-12-18T24:00:00Z', '2020-12-18T23:60:00Z', '2020-12-18T23:59:60Z',
    '2020-12-18t09:00:00Z', '2020-12-18T09:00:00z', '2020-12-18T09:00:00', '2020-12-18 09:00:00Z',
    '2020-12-18T09:00:00.Z', '2020-12-18T09:00:00.0123456789Z', '2020-12-18T09:00:00+24:00',
    '2020-12-18T09:00:00+01:60',
    '2020-12-18T09:00:00+0100', '1999-12-30T23:59:59Z', '2100-01-02T00:00:00Z', '2020-12-18T09:00:00Z ']);
const DATE = pattern(['2000-01-01', '2099-12-31', '2000-02-29', '2020-02-29', '2020-04-30', '2096-02-29'],
  ['1999-12-31', '2100-01-01', '2021-02-29', '2020-02-30', '2020-04-31', '2020-00-10', '2020-13-01', '2020-01-00',
    '2020-1-1', '2020-01-32', '20200101', '2022-02-29']);
const PLACE = pattern(['CNAKL', 'US2A9'], ['cnakl', 'CNAK', 'CNAKLX', 'C1AKL', 'CNAK1', 'CNAK0', 'CN AK']);
const CONTAINER = pattern(['CSQU3054383', 'TEXU3070079', 'MSKU6639870', 'CSQX3054383', 'CBHU1234567'],
  ['csqu3054383', 'CSQ13054383', 'CSQU305438', 'CSQU30543833']);
const WAYBILL = pattern(['B', 'A-1/Z9', 'B'.repeat(70)], ['b', 'A 1', 'A_1', 'B'.repeat(71)]);
const COUNTRY = pattern(['DE'], ['de', 'DEU', 'D', 'D1']);
const boolean = [[true, false], [0, 'true', '']];
const entries = [
  [[], times(99, (i) => ({ un: String(1000 + i) }))], [times(100, (i) => ({ un: String(1000 + i) })), [1], [{}], 'x', {}]];
const WAGON = pattern(['1', 'A-9', 'W'.repeat(16)], ['w', 'A/1', 'W'.repeat(17)]);
const otherCase = (name) => (name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase());
const oneOf = (...good) => [good, ['', 'other', otherCase(good[0]), 1]];
const waybills = (least) => [
  [['A', 'B'], times(500, (i) => `B${i}`), ...(least === 0 ? [[]] : [])],
  [times(501, (i) => `B${i}`), ['A', 'A'], ['a'], [''], [1], 'A', {}, ...(least === 0 ? [] : [[]])]];

// Place, [good values], [bad values]; whether the member may be left out.
const required = (type, place, [good, bad]) => ({ type, place, good, bad, absentIsGood: false });
const optional = (type, place, [good, bad]) => ({ type, place, good, bad, absentIsGood: true });

const ENVELOPE = [
  required(arrived, '/specversion', [['1.0'], ['1', '1.1', '', 1, 1.0]]),
  required(arrived, '/id', text(128)),
  required(arrived, '/source', text(256)),
  required(arrived, '/type', [[], ['', 'rail.train.arrived', 'rail.train.arrived.v2', 'x'.repeat(65), 1]]),
  required(arrived, '/time', TIME),
  optional(arrived, '/datacontenttype', [
    ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json  ;charset=utf-8'],
    ['', 'text/plain', 'application/json ', ' application/json', 'application/jsonx',
      'application/cloudevents+json', 'application/json;\n', 'application/json; a=\u007f', 1]]),
  required(arrived, '/data', [[], [[], 'x', 1, true]]),
  required(arrived, '/data/train', [[], [[], 'x', 1]]),
  required(arrived, '/data/train/number', pattern(['X', '8-0', 'X'.repeat(17)], ['x', 'X 1', 'X|1', 'X'.repeat(18)])),
  required(arrived, '/data/train/date', DATE),
  required(arrived, '/data/train/port', PLACE),
];

const MANIFEST = [
  required(transmitted, '/data/waybill', [[], [[], 'x', 1]]),
  required(transmitted, '/data/waybill/number', WAYBILL),
  required(transmitted, '/data/waybill/direction', oneOf('exit', 'entry', 'transit')),
  optional(transmitted, '/data/waybill/contract', text(64)),
  required(transmitted, '/data/waybill/product', text(255)),
  required(transmitted, '/data/waybill/consignor', [[], [[], 'x', 1]]),
  required(transmitted, '/data/waybill/consignee', [[], [[], 'x', 1]]),
  required(transmitted, '/data/waybill/origin', PLACE),
  required(transmitted, '/data/waybill/destination', PLACE),
  required(transmitted, '/data/waybill/consignor/code',
    pattern(['a._/-Z9', 'A'.repeat(35)], ['A B', 'A:', 'A'.repeat(36)])),
  required(transmitted, '/data/waybill/consignor/name', text(255)),
  required(transmitted, '/data/waybill/consignee/country', COUNTRY),
  optional(transmitted, '/data/waybill/consignee/aeo', text(32)),
  optional(transmitted, '/data/waybill/declarant', [[party], [{}, [], 'x', 1, { ...party, code: '' }]]),
  required(transmitted, '/data/containers', [
    [times(200, (i) => ({ ...claimed, number: containerNumber(i) }))],
    [[], times(201, (i) => ({ ...claimed, number: containerNumber(i) })), [1], 'x', {}]]),
  required(transmitted, '/data/containers/0/number', CONTAINER),
  required(transmitted, '/data/containers/0/size_type',
    pattern([...'1234ABCDEFGHKLMNP'].map((sign) => `${sign}ZG1`),
      [...'056789IJOQRSTUVWXYZ'].map((sign) => `${sign}2G1`).concat(['a2G1', '22g1', '22G', '22G11']))),
  optional(transmitted, '/data/containers/0/load', oneOf('FCL', 'LCL')),
  optional(transmitted, '/data/containers/0/seal', text(32)),
  optional(transmitted, '/data/containers/0/wagon', WAGON),
  optional(transmitted, '/data/containers/0/tare_kg', number(1e10, 0.001)),
  required(transmitted, '/data/containers/0/goods',
    [[times(500, () => goods)], [[], times(501, () => goods), [1], {}]]),
  optional(transmitted, '/data/containers/0/goods/0/hs', pattern(['123456', '12345678', '1234567890', '1234567890123'],
    ['12345', '1234567', '123456789', '12345678901', '123456789012', '12345678901234', '12345A'])),
  required(transmitted, '/data/containers/0/goods/0/description', text(512)),
  required(transmitted, '/data/containers/0/goods/0/packages', count),
  optional(transmitted, '/data/containers/0/goods/0/package_type', pattern(['PK', '4G', 'ABC'], ['P', 'ABCD', 'pk'])),
  required(transmitted, '/data/containers/0/goods/0/gross_kg', [[5, 5.000001, 9999999999.99999], [1e10, -1, '1', true, []]]),
  optional(transmitted, '/data/containers/0/goods/0/net_kg', [[0, 0.125, 0.000001, 10], [-1, '1', true, 1e10]]),
  required(transmitted, '/data/containers/0/goods/0/value', number(1e12, 0.0001, 1e12 + 1)),
  required(transmitted, '/data/containers/0/goods/0/currency', pattern(['CNY'], ['cny', 'CN', 'CNYX', 'C1Y'])),
  optional(transmitted, '/data/containers/0/goods/0/dangerous', entries),
  required(transmitted, '/data/containers/0/goods/0/dangerous/0/un', pattern(['0000', '9999'], ['195', '19500', 'UN19'])),
  optional(transmitted, '/data/containers/0/goods/0/dangerous/0/class',
    pattern(['9', '1.4S', '0.0.0.0A'], ['1.4s', '1-4', '1'.repeat(9)])),
  required(deleted, '/data/waybill', [[], [[], 'x', 1]]),
  required(deleted, '/data/waybill/number', WAYBILL),
  optional(deleted, '/data/reason', pattern(['000', '999'], ['1', '12', '1234', '12A'])),
];

const wagons = (count) => times(count, (i) => ({ wagon: `W${i}`, position: i + 1, containers: [] }));
const slots = (count) => times(count, (i) => ({ number: containerNumber(i) }));
const numbers = (count) => times(count, containerNumber);

const THE_REST = [
  required(composed, '/data/wagons', [[wagons(120)], [[], wagons(121), [1], {}]]),
  required(composed, '/data/wagons/0/wagon', WAGON),
  required(composed, '/data/wagons/0/position', [[1, 120], [0, 121, -1, 1.5, '1']]),
  required(composed, '/data/wagons/0/containers', [[[], slots(4)], [slots(5), [1], {}]]),
  required(composed, '/data/wagons/0/containers/0/number', CONTAINER),
  optional(composed, '/data/wagons/0/containers/0/empty', boolean),
  optional(composed, '/data/wagons/0/containers/0/domestic', boolean),
  required(arrived, '/data/place', PLACE),
  required(arrived, '/data/arrived_at', TIME),
  required(control, '/data/scope', [['waybill'], ['container', 'train', 'Waybill', '', 1]]),
  required(control, '/data/ref', WAYBILL),
  required(control, '/data/kind',
    oneOf('risk', 'image-scan', 'physical-inspection', 'quarantine', 'disinfection', 'document')),
  required(control, '/data/outcome', oneOf('ordered', 'passed', 'failed', 'released')),
  optional(control, '/data/authority', COUNTRY),
  optional(control, '/data/found', entries),
  optional(control, '/data/note', text(200)),
  required(declaration, '/data/step', oneOf('summary', 'full')),
  required(declaration, '/data/waybills', waybills(1)),
  required(declaration, '/data/lodged_at', TIME),
  optional(declaration, '/data/declaration_number', text(32)),
  required(decided, '/data/declaration_number', text(32)),
  required(decided, '/data/outcome', oneOf('accepted', 'refused', 'withdrawn', 'released')),
  optional(decided, '/data/reason', text(200)),
  required(application, '/data/application', text(64)),
  required(application, '/data/waybills', waybills(0)),
  required(tally, '/data/container', CONTAINER),
  optional(tally, '/data/packages', count),
  optional(tally, '/data/gross_kg', number(1e10, 0.001)),
  optional(tally, '/data/seal', text(32)),
  optional(tally, '/data/damaged', boolean),
  required(linked, '/data/role', oneOf('from', 'to')),
  required(linked, '/data/other', [[], [[], 'x', 1, {}]]),
  required(linked, '/data/other/number', pattern(['X', '8-0', 'X'.repeat(17)], ['x', 'X|1', 'X'.repeat(18)])),
  required(linked, '/data/other/date', DATE),
  required(linked, '/data/other/port', PLACE),
  required(linked, '/data/containers', [
    [[], numbers(480), ['CBHU1234567']], [numbers(481), ['CSQU3054383', 'CSQU3054383'], [1], [''], 'A', {}]]),
  required(tracked, '/data/container', CONTAINER),
  required(tracked, '/data/event', oneOf('gate-in', 'loaded', 'departed', 'arrived', 'border-crossed', 'transshipped',
    'unloaded', 'gate-out', 'sealed', 'resealed', 'door-opened', 'door-closed', 'position')),
  optional(tracked, '/data/place', PLACE),
  required(tracked, '/data/seal', text(32)),
  optional(tracked, '/data/wagon', WAGON),
  required(tracked, '/data/latitude', [[0, -90, 90, 45.12345678], [-90.000001, 90.0000001, '1']]),
  required(tracked, '/data/longitude', [[0, -180, 180, -179.99999999], [-180.000001, 180.0000001, '1']]),
];

// Members that depend on each other: whole data, good or not.
const COMBINATIONS = [
  [control, { scope: 'train', kind: 'risk', outcome: 'passed' }, true],
  [control, { scope: 'train', ref: 'B1', kind: 'risk', outcome: 'passed' }, false],
  [control, { scope: 'train', ref: null, kind: 'risk', outcome: 'passed' }, true],
  [control, { scope: 'container', ref: 'CSQU3054383', kind: 'risk', outcome: 'passed' }, true],
  [control, { scope: 'container', ref: 'B1', kind: 'risk', outcome: 'passed' }, false],
  [control, { scope: 'container', kind: 'risk', outcome: 'passed' }, false],
  [tracked, { container: 'CSQU3054383', event: 'position', latitude: 0, longitude: 0 }, true],
  [tracked, { container: 'CSQU3054383', event: 'position', longitude: 0 }, false],
  [tracked, { container: 'CSQU3054383', event: 'position', latitude: null, longitude: 0 }, false],
  [tracked, { container: 'CSQU3054383', event: 'position', latitude: null }, true],
  [tracked, { container: 'CSQU3054383', event: 'resealed' }, false],
  [tracked, { container: 'CSQU3054383', event: 'door-opened' }, true],
  [tracked, { container: 'CSQU3054383', event: 'door-opened', seal: '' }, false],
  [tracked, { container: 'CSQU3054383', event: 'resealed', seal: null }, false],
];

function changed(type, place, change) {
  const event = baseEvent(type);
  const steps = place.slice(1).split('/');
  const last = steps.pop();
  change(steps.reduce((inner, step) => inner[step], event), last);
  return event;
}

function casesOf({ type, place, good, bad, absentIsGood }) {
  const one = (value, valid) => ({
    name: `${type} ${place} = ${JSON.stringify(value).slice(0, 60)}`,
    event: changed(type, place, (target, member) => { target[member] = value; }),
    valid,
  });
  const absent = {
    name: `${type} without ${place}`,
    event: changed(type, place, (target, member) => { delete target[member]; }),
    valid: absentIsGood,
  };
  const missing = one(null, absentIsGood);
  return [...good.map((value) => one(value, true)), ...bad.map((value) => one(value, false)), missing, absent];
}

export const BOUNDARIES = [
  ...Object.keys(BASES).map((type) => ({ name: `${type} as it is`, event: baseEvent(type), valid: true })),
  ...[...ENVELOPE, ...MANIFEST, ...THE_REST].flatMap(casesOf),
  ...COMBINATIONS.map(([type, data, valid]) => ({
    name: `${type} ${JSON.stringify(data)}`, event: { ...baseEvent(type), data: { train, ...data } }, valid,
  })),
];
