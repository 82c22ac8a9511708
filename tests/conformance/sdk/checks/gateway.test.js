'use strict';
// The door: who may come in, in which tongues, and what is said to those who may not.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const Util = require('@alicloud/tea-util');
const { useSim } = require('../lib/sim');
const { account, pop, generic, ecs, ram, sts, flavours, Ecs, Ram } = require('../lib/clients');
const { refused } = require('../lib/expect');
const { signedUrl, signedHeaders } = require('../lib/sign');

const sim = useSim();

const names = Object.keys(flavours({ url: 'http://x', host: 'x' }));
const UUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

for (const name of names) {
  test(`${name}: who am I`, async () => {
    const answer = await flavours(sim)[name]('sts', 'GetCallerIdentity');
    assert.equal(answer.AccountId, '1234567890123456');
    assert.equal(answer.Arn, 'acs:ram::1234567890123456:root');
    assert.equal(answer.IdentityType, 'Account');
    assert.match(answer.RequestId, UUID);
  });
  test(`${name}: a wrong secret`, async () => {
    const call = flavours(sim, { ...account, accessKeySecret: 'not-the-secret' })[name];
    await refused(call('sts', 'GetCallerIdentity'), 'SignatureDoesNotMatch');
  });
  test(`${name}: an unknown key`, async () => {
    const call = flavours(sim, { ...account, accessKeyId: 'LTAInobody' })[name];
    await refused(call('ecs', 'DescribeRegions'), 'InvalidAccessKeyId.NotFound', 404);
  });
  test(`${name}: an action that there is not`, async () => {
    await refused(flavours(sim)[name]('ecs', 'DescribeNothing'), 'InvalidAction.NotFound', 404);
  });
  test(`${name}: a parameter that is missing`, async () => {
    await refused(flavours(sim)[name]('ram', 'GetRole'), /^MissingParameter/, 400);
    await refused(flavours(sim)[name]('hbr', 'UpdatePolicyV2'), /^MissingParameter/, 400);
    await refused(flavours(sim)[name]('ecs', 'DescribeInstances'), /^MissingParameter/, 400);
  });
  test(`${name}: a parameter of the wrong type`, async () => {
    await refused(flavours(sim)[name]('hbr', 'DescribePoliciesV2', { MaxResults: 'many' }), /^Invalid/, 400);
  });
  test(`${name}: characters of every kind`, async () => {
    const call = flavours(sim)[name];
    const text = 'a b+c*d~e!f\'g(h)i/j?k&l=m%20n;o:p@q"r\\s<t> 中文 é 😀';
    const trust = JSON.stringify({ Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow',
      Principal: { Service: ['ecs.aliyuncs.com'] } }], Version: '1' });
    const role = `role-${names.indexOf(name)}`;
    await call('ram', 'CreateRole', { RoleName: role, AssumeRolePolicyDocument: trust, Description: text });
    const answer = await call('ram', 'GetRole', { RoleName: role });
    assert.equal(answer.Role.Description, text);
    assert.deepEqual(JSON.parse(answer.Role.AssumeRolePolicyDocument), JSON.parse(trust));
    await call('ram', 'DeleteRole', { RoleName: role });
    await refused(call('ram', 'GetRole', { RoleName: role }), 'EntityNotExist.Role', 404);
  });
}

for (const algorithm of [undefined, 'v2']) {
  const name = algorithm ? 'RPC v1' : 'ACS3';
  test(`typed, ${name}: who am I`, async () => {
    const { body } = await sts(sim, account, algorithm).getCallerIdentity();
    assert.equal(body.accountId, '1234567890123456');
    assert.match(body.requestId, UUID);
  });
  test(`typed, ${name}: a wrong secret`, async () => {
    const keys = { ...account, accessKeySecret: 'wrong' };
    await refused(sts(sim, keys, algorithm).getCallerIdentity(), 'SignatureDoesNotMatch');
    await refused(ram(sim, keys, algorithm).listRoles(new Ram.ListRolesRequest({})), 'SignatureDoesNotMatch');
  });
  test(`typed, ${name}: a wrong security token`, async () => {
    const keys = { ...account, securityToken: 'CAISnothing' };
    await refused(sts(sim, keys, algorithm).getCallerIdentity(), /^InvalidSecurityToken/);
  });
}

test('errors bear what SDKs show', async () => {
  const error = await refused(pop(sim, 'ram').request('GetRole', { RoleName: 'nobody' }), 'EntityNotExist.Role');
  assert.match(error.data.RequestId, UUID);
  assert.equal(error.data.HostId, 'ram.aliyuncs.com');
  assert.ok(error.data.Message.length > 5);
  const other = await refused(ram(sim).getRole(new Ram.GetRoleRequest({ roleName: 'nobody' })), 'EntityNotExist.Role');
  assert.equal(other.statusCode || other.data.statusCode, 404);
});

test('the string to sign is told to who signs wrongly', async () => {
  const error = await refused(pop(sim, 'sts', { ...account, accessKeySecret: 'x' }).request('GetCallerIdentity'),
    'SignatureDoesNotMatch');
  assert.match(error.data.Message, /server string to sign is:GET&%2F&AccessKeyId%3D/);
});

test('pop-core: names of actions and parameters that begin with a small letter', async () => {
  const answer = await pop(sim, 'ecs').request('describeInstances', { regionId: 'cn-hangzhou', instanceIds: '["i-slow"]' });
  assert.equal(answer.Instances.Instance[0].InstanceId, 'i-slow');
});

test('a timestamp of long ago', async () => {
  await refused(pop(sim, 'sts').request('GetCallerIdentity', { Timestamp: '2015-01-01T00:00:00Z' }),
    'InvalidTimeStamp.Expired', 400);
  await refused(pop(sim, 'sts').request('GetCallerIdentity', { Timestamp: 'yesterday' }), /^(InvalidTimeStamp|IllegalTimestamp)/, 400);
  const headers = signedHeaders(sim, 'sts', 'GetCallerIdentity', { date: '2015-01-01T00:00:00Z' });
  const answer = await fetch(sim.url, { method: 'POST', headers });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).Code, 'InvalidTimeStamp.Expired');
});

test('a timestamp ahead of its time, and one that is only a little off', async () => {
  const at = (minutes) => `${new Date(Date.now() + minutes * 60000).toISOString().slice(0, 19)}Z`;
  await refused(pop(sim, 'sts').request('GetCallerIdentity', { Timestamp: at(20) }), 'InvalidTimeStamp.Expired');
  await pop(sim, 'sts').request('GetCallerIdentity', { Timestamp: at(10) });
  await pop(sim, 'sts').request('GetCallerIdentity', { Timestamp: at(-10) });
});

test('a nonce is good for one request', async () => {
  const client = pop(sim, 'sts');
  await client.request('GetCallerIdentity', { SignatureNonce: 'nonce-v1' });
  await refused(client.request('GetCallerIdentity', { SignatureNonce: 'nonce-v1' }), 'SignatureNonceUsed', 400);
  const headers = signedHeaders(sim, 'sts', 'GetCallerIdentity', {});
  assert.equal((await fetch(sim.url, { method: 'POST', headers })).status, 200);
  const again = await fetch(sim.url, { method: 'POST', headers });
  assert.equal((await again.json()).Code, 'SignatureNonceUsed');
});

test('what was signed cannot be changed on the way', async () => {
  const url = signedUrl(sim, 'ram', { Action: 'GetRole', RoleName: 'a' }).replace('RoleName=a', 'RoleName=b');
  assert.equal((await (await fetch(url)).json()).Code, 'SignatureDoesNotMatch');
  const headers = signedHeaders(sim, 'ram', 'GetRole', { body: 'RoleName=a' });
  const answer = await fetch(sim.url, { method: 'POST', headers, body: 'RoleName=b' });
  assert.equal((await answer.json()).Code, 'SignatureDoesNotMatch');
});

test('who does not sign stays outside', async () => {
  const answer = await fetch(`${sim.url}/?Action=DescribeRegions&Version=2014-05-26&Format=JSON`);
  assert.ok(answer.status >= 400 && answer.status < 500);
  const body = await answer.json();
  assert.ok(body.Code && body.RequestId && !body.Regions);
});

test('v1 speaks XML unless it is asked for JSON', async () => {
  const answer = await fetch(signedUrl(sim, 'ecs', { Action: 'DescribeRegions', Format: undefined }));
  assert.match(answer.headers.get('content-type'), /xml/);
  const text = await answer.text();
  assert.match(text, /^<\?xml[^>]*\?>\s*<DescribeRegionsResponse>/);
  assert.match(text, /<Regions><Region>.*<RegionId>cn-hangzhou<\/RegionId>/s);
  const wrong = await fetch(signedUrl(sim, 'ram', { Action: 'GetRole', RoleName: 'nobody', Format: 'XML' }));
  assert.match(await wrong.text(), /<Error>.*<Code>EntityNotExist.Role<\/Code>/s);
});

test('JSON is said to be JSON', async () => {
  const answer = await fetch(signedUrl(sim, 'ecs', { Action: 'DescribeRegions' }));
  assert.match(answer.headers.get('content-type'), /^application\/json/);
});

test('unknown parameters are ignored', async () => {
  await pop(sim, 'ecs').request('DescribeRegions', { Nonsense: 'x', 'List.1': 'y' });
});

test('a version of no service', async () => {
  const answer = await fetch(signedUrl(sim, 'ecs', { Action: 'DescribeRegions', Version: '2001-01-01' }));
  assert.ok(answer.status >= 400 && answer.status < 500);
  assert.match((await answer.json()).Code, /^Invalid(Version|Action)/);
});

test('one connection carries many calls', async () => {
  const client = pop(sim, 'ecs');
  for (let i = 0; i < 20; i++) await client.request('DescribeRegions');
  assert.equal(Object.values(client.agent.freeSockets).flat().length, 1);
});

test('many calls at once', async () => {
  const client = generic(sim, 'ecs');
  const answers = await Promise.all(Array.from({ length: 100 }, () => client('DescribeRegions')));
  assert.equal(new Set(answers.map((answer) => answer.RequestId)).size, 100);
});

test('a request line of 40 kB', async () => {
  const content = Buffer.alloc(20000, 'x').toString('base64');
  const { body } = await ecs(sim).sendFile(new Ecs.SendFileRequest({ regionId: 'cn-hangzhou', name: 'big',
    targetDir: '/tmp', content, contentType: 'Base64', instanceId: ['i-mysql1'] }));
  assert.match(body.invokeId, /^f-/);
});

test('the Date header is the simulated clock', async () => {
  const seconds = async () => Date.parse((await fetch(signedUrl(sim, 'ecs', { Action: 'DescribeRegions' })))
    .headers.get('date')) / 1000;
  const first = await seconds();
  await sim.advance('3h');
  const second = await seconds();
  assert.ok(second - first >= 3 * 3600 && second - first < 3 * 3600 + 60);
});

test('faults strike, and SDKs see them as they would', async (t) => {
  t.after(() => sim.noFaults());
  await sim.fault({ action: 'DescribeRegions', nth: 1 }, 'throttle', { times: 1 });
  await refused(generic(sim, 'ecs')('DescribeRegions'), /^Throttling/);
  await generic(sim, 'ecs')('DescribeRegions');
  await sim.noFaults();
  await sim.fault({ action: 'DescribeRegions', nth: 1 }, 'http_503', { times: 1 });
  await refused(pop(sim, 'ecs').request('DescribeRegions'), 'ServiceUnavailable');
  await sim.noFaults();
  await sim.fault({ action: 'CreateRole', nth: 1 }, 'drop_after', { times: 1 });
  const trust = '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}],"Version":"1"}';
  await assert.rejects(pop(sim, 'ram').request('CreateRole', { RoleName: 'ghost', AssumeRolePolicyDocument: trust }));
  await sim.noFaults();
  assert.equal((await pop(sim, 'ram').request('GetRole', { RoleName: 'ghost' })).Role.RoleName, 'ghost');
});

test('requests are listed, and told apart', async () => {
  const before = (await sim.requests()).length;
  await pop(sim, 'ecs').request('DescribeRegions');
  await refused(pop(sim, 'ram').request('DeleteRole', { RoleName: 'nobody' }), 'EntityNotExist.Role');
  const [look, change] = (await sim.requests()).slice(before);
  assert.deepEqual([look.service, look.action, look.mutating, look.http_status], ['ecs', 'DescribeRegions', false, 200]);
  assert.deepEqual([change.service, change.action, change.mutating, change.http_status, change.code],
    ['ram', 'DeleteRole', true, 404, 'EntityNotExist.Role']);
});

test('the SDKs make fresh nonces', () => {
  assert.notEqual(Util.default.getNonce(), Util.default.getNonce()); // what all of the above rests on
});
