// Records that the schema must refuse: each a golden record with one change that breaks a rule of contract 5.

const cleared = 'cleared.auto-summary.json';
const opened = 'open.auto-summary.json';
const held = 'held-control.auto-summary.json';
const incomplete = 'incomplete.auto-summary.json';
const undemanding = 'incomplete.auto-none.json';
const mismatch = 'container-mismatch.auto-summary.json';
const claimedTwice = 'container-claimed-twice.auto-summary.json';
const sealChanged = 'seal-changed.auto-summary.json';
const doorOpened = 'door-opened.auto-summary.json';
const tallied = 'tally-mismatch.auto-summary.json';
const undeclared = 'dangerous-undeclared.auto-summary.json';
const linked = 'links.auto-summary.json';
const recognised = 'recognition.auto-summary.json';
const decided = 'decisions.auto-release.json';
const released = 'released.auto-release.json';
const transit = 'transit.auto-summary.json';
const change = (name, example, apply) => ({ name, example, change: apply });

export const RECORD_MUTATIONS = [
  change('cleared without cleared_at', cleared, (r) => { delete r.cleared_at; }),
  change('cleared without clearance_seconds', cleared, (r) => { delete r.clearance_seconds; }),
  change('cleared with a reason', cleared, (r) => {
    r.reasons.push('containers-missing');
    r.missing.push('CSQU3054383');
  }),
  change('cleared and expired', cleared, (r) => { r.expired = true; }),
  change('arrived without arrived_at', cleared, (r) => { delete r.arrived_at; }),
  change('arrived without arrived_place', cleared, (r) => { delete r.arrived_place; }),
  change('expired, but false', opened, (r) => { r.expired = false; }),
  change('open, but arrived', opened, (r) => {
    r.arrived_at = '2020-12-18T09:00:00.000Z';
    r.arrived_place = 'CNAKL';
  }),
  change('open, but cleared_at', opened, (r) => { r.cleared_at = '2020-12-18T09:00:00.000Z'; }),
  change('held without conflict or control', held, (r) => { r.reasons = []; r.controls = []; }),
  change('incomplete with an alert', incomplete, (r) => {
    r.alerts.push({ container: 'CSQU3054383', kind: 'door-opened' });
    r.reasons.push('conflict');
  }),
  change('incomplete without a reason', incomplete, (r) => { r.reasons = []; }),
  change('an alert without conflict', cleared, (r) => {
    r.alerts.push({ container: 'CSQU3054383', kind: 'door-opened' });
  }),
  change('conflict without an alert', doorOpened, (r) => { r.alerts = []; }),
  change('an open control without control-open', cleared, (r) => {
    r.controls.push({
      scope: 'train', kind: 'risk', authority: 'CN', outcome: 'ordered', at: '2020-12-18T09:00:00.000Z',
    });
  }),
  change('a control of the train with ref', held, (r) => {
    r.controls[0].scope = 'train';
    r.controls[0].ref = 'SMGS1';
  }),
  change('an ended control', held, (r) => { r.controls[0].outcome = 'passed'; }),
  change('a missing container without its reason', cleared, (r) => { r.missing.push('CSQU3054383'); }),
  change('an undeclared declaration without its reason', cleared, (r) => {
    r.declarations[0].declared = 'none';
    r.declarations[0].advance = false;
  }),
  change('in advance, but not declared', undemanding, (r) => {
    r.declarations[0].declared = 'none';
    r.declarations[0].advance = true;
  }),
  change('declaration-missing though nothing is required', undemanding, (r) => {
    r.reasons.push('declaration-missing');
  }),
  change('declaration-missing though all is declared', 'cleared.auto-full.json', (r) => {
    r.declarations.forEach((d) => { d.declared = 'full'; });
    r.reasons = ['declaration-missing'];
    r.status = 'incomplete';
    delete r.cleared_at;
    delete r.clearance_seconds;
  }),
  change('a container without position under a composition', cleared, (r) => { delete r.containers[0].position; }),
  change('latitude without longitude', cleared, (r) => {
    r.containers[0].last.latitude = 1;
    delete r.containers[0].last.longitude;
  }),
  change('a declaration without waybills', cleared, (r) => { r.declarations[0].waybills = []; }),
  change('a declaration without lines', cleared, (r) => { r.declarations[0].lines = []; }),
  change('an application under auto', cleared, (r) => { r.declarations[0].application = 'A1'; }),
  change('merged under never', 'policies.auto-summary.json', (r) => { r.rules.merge = 'never'; }),
  change('a time without milliseconds', cleared, (r) => { r.facts.first_at = '2020-12-18T09:00:00Z'; }),
  change('a digest in upper case', cleared, (r) => { r.digest = 'ABCDEF'.padEnd(32, '0'); }),
  change('another schema', cleared, (r) => { r.schema = 'rail.clearance.v2'; }),
  change('a mismatch without field', mismatch, (r) => { delete r.alerts[0].field; }),
  change('a mismatch of one value', mismatch, (r) => { r.alerts[0].values.length = 1; }),
  change('claimed twice by one', claimedTwice, (r) => {
    r.alerts.find((a) => a.kind === 'container-claimed-twice').waybills.length = 1;
  }),
  change('a changed seal without what was found', sealChanged, (r) => { delete r.alerts[0].found; }),
  change('a door alert with a seal', doorOpened, (r) => { r.alerts[0].found = 'S1'; }),
  change('a blocking alert beside others without conflict', linked, (r) => {
    r.alerts.unshift({ container: 'CSQU3054383', kind: 'door-opened' });
  }),
  change('conflict though no alert blocks', linked, (r) => {
    r.reasons = ['conflict'];
    r.status = 'held';
    delete r.cleared_at;
    delete r.clearance_seconds;
  }),
  change('a missing link without the other train', linked, (r) => { delete r.alerts[0].expected; }),
  change('a link without containers', linked, (r) => { r.links[0].containers = []; }),
  change('a tally of half a package', tallied, (r) => { r.alerts[1].found = 60.5; }),
  change('a tally that says not what differs', tallied, (r) => { delete r.alerts[0].field; }),
  change('dangerous goods without a number', undeclared, (r) => { r.alerts[0].un = []; }),
  change('dangerous goods of three digits', undeclared, (r) => { r.alerts[0].un = ['195']; }),
  change('an accepted control by nobody', recognised, (r) => { delete r.accepted[0].by; }),
  change('an open control without authority', held, (r) => { delete r.controls[0].authority; }),
  change('recognised what is no control', recognised, (r) => { r.rules.recognised.push('control:KZ:all'); }),
  change('a partner that counts twice', recognised, (r) => {
    r.declarations.forEach((d) => { d.priority = d.priority === 2 ? 1 : 2; });
  }),
  change('refused, but nothing lacks', decided, (r) => { r.reasons = ['declaration-refused']; }),
  change('refused, but incomplete', decided, (r) => { r.status = 'incomplete'; }),
  change('released, but release-missing', released, (r) => {
    r.reasons = ['release-missing'];
    r.status = 'incomplete';
    delete r.cleared_at;
    delete r.clearance_seconds;
  }),
  change('not released, but nothing is missing', released, (r) => { r.declarations[0].released = false; }),
  change('release-missing where none is required', incomplete, (r) => { r.reasons.push('release-missing'); }),
  change('released, but not declared', decided, (r) => {
    r.declarations.forEach((d) => { d.declared = 'none'; d.advance = false; });
  }),
  change('merged in transit', transit, (r) => {
    const own = r.declarations.find((d) => d.direction === 'transit');
    own.waybills = ['SMGS0001', 'SMGS0002'];
  }),
  change('a line with currency and no value', cleared, (r) => { delete r.declarations[0].lines[0].value; }),
  change('an unknown first sign of a size', cleared, (r) => { r.containers[0].size_type = 'Q5G1'; }),
];
