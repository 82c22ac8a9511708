'use strict';
// Each golden file of a format that is not ours, by the word of those whose it is.
const assert = require('node:assert/strict');
const { readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const Ajv = require('ajv');

const GOLDEN = path.join(__dirname, '../../golden');
const SARIF_SCHEMA = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';

const goldens = (ending) => {
    const names = readdirSync(GOLDEN).filter((name) => name.endsWith(ending));
    assert.ok(names.length > 0, `no golden file ends in ${ending}`);
    return names;
};
const read = (name) => readFileSync(path.join(GOLDEN, name), 'utf8');

function sarifValidator() {
    const ajv = new Ajv({ schemaId: 'auto', allErrors: true, format: 'full' });
    ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
    const validate = ajv.compile(JSON.parse(readFileSync(require.resolve(SARIF_SCHEMA), 'utf8')));
    return (log) => (validate(log) ? [] : validate.errors);
}

for (const name of goldens('.sarif')) {
    test(`${name} is SARIF 2.1.0`, () => {
        const validate = sarifValidator();
        const log = JSON.parse(read(name));
        assert.deepEqual(validate(log), []);
        log.runs[0].results.push({ level: 'dreadful' }); // the schema is one that says no
        assert.notDeepEqual(validate(log), []);
    });

    test(`${name} has what code scanning asks for`, () => {
        for (const run of JSON.parse(read(name)).runs) {
            const ids = run.tool.driver.rules.map((rule) => rule.id);
            assert.equal(new Set(ids).size, ids.length);
            for (const result of run.results) {
                assert.equal(ids[result.ruleIndex], result.ruleId);
                assert.equal(result.locations.length, 1);
                const place = result.locations[0].physicalLocation;
                assert.equal(place.artifactLocation.uriBaseId, '%SRCROOT%');
                assert.equal(new URL(place.artifactLocation.uri, 'file:///').protocol, 'file:');
                assert.ok(place.region.startLine > 0);
            }
            const prints = run.results.map((result) => result.partialFingerprints['cbkDrift/v1']);
            assert.equal(new Set(prints).size, prints.length);
        }
    });
}

for (const name of goldens('.junit.xml')) {
    test(`${name} is read as a test report`, async () => {
        const { parse } = await import('junit2json');
        const report = await parse(read(name));
        const suites = report.testsuite ?? [];
        const cases = suites.flatMap((suite) => suite.testcase);
        const of = (list, what) => list.filter((one) => one[what] !== undefined).length;
        assert.equal(Number(report.tests), cases.length);
        assert.equal(Number(report.failures), of(cases, 'failure'));
        assert.equal(Number(report.skipped), of(cases, 'skipped'));
        for (const suite of suites) {
            assert.equal(Number(suite.tests), suite.testcase.length);
            assert.equal(Number(suite.failures), of(suite.testcase, 'failure'));
        }
        for (const failure of cases.flatMap((one) => one.failure ?? [])) {
            assert.ok(failure.message && failure.type && failure.inner);
        }
    });
}
