'use strict';
// STS: credentials of a role, what they may do, and that they end.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { useSim } = require('../lib/sim');
const { account, pop, generic, sts, ecs, flavours, Sts, Ecs } = require('../lib/clients');
const { refused } = require('../lib/expect');

const sim = useSim(async () => {
  await root('ram', 'CreateRole', { RoleName: 'reader', AssumeRolePolicyDocument: trust });
  await root('ram', 'AttachPolicyToRole', { PolicyType: 'System', PolicyName: 'AliyunECSReadOnlyAccess', RoleName: 'reader' });
});
const arn = 'acs:ram::1234567890123456:role/reader';
const trust = JSON.stringify({ Version: '1', Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow',
  Principal: { RAM: ['acs:ram::1234567890123456:root'] } }] });
const root = (service, action, params) => pop(sim, service).request(action, params);

async function assume(params) {
  const { body } = await sts(sim).assumeRole(new Sts.AssumeRoleRequest({ roleArn: arn, roleSessionName: 'check', ...params }));
  const { accessKeyId, accessKeySecret, securityToken } = body.credentials;
  return { accessKeyId, accessKeySecret, securityToken };
}

test('a role is assumed', async () => {
  const answer = await root('sts', 'AssumeRole', { RoleArn: arn, RoleSessionName: 'session-1', DurationSeconds: 900 });
  assert.equal(answer.AssumedRoleUser.Arn, 'acs:ram::1234567890123456:assumed-role/reader/session-1');
  assert.match(answer.AssumedRoleUser.AssumedRoleId, /^\d+:session-1$/);
  assert.match(answer.Credentials.AccessKeyId, /^STS\./);
  const seconds = Date.parse(answer.Credentials.Expiration) / 1000 - await sim.now();
  assert.ok(seconds > 890 && seconds <= 900);
});

test('its credentials are good in every tongue', async () => {
  const keys = await assume();
  for (const [name, call] of Object.entries(flavours(sim, keys))) {
    const answer = await call('sts', 'GetCallerIdentity');
    assert.equal(answer.IdentityType, 'AssumedRoleUser', name);
    assert.equal(answer.Arn, 'acs:ram::1234567890123456:assumed-role/reader/check', name);
  }
  for (const algorithm of [undefined, 'v2']) {
    const { body } = await ecs(sim, keys, algorithm).describeInstances(
      new Ecs.DescribeInstancesRequest({ regionId: 'cn-hangzhou', instanceIds: '["i-mysql1"]' }));
    assert.equal(body.totalCount, 1);
  }
});

test('it may do what its policies allow, and no more', async () => {
  const keys = await assume();
  await refused(pop(sim, 'ram', keys).request('ListRoles'), /^(NoPermission|Forbidden)/, 403);
  await refused(pop(sim, 'ecs', keys).request('CreateSnapshotGroup', { RegionId: 'cn-hangzhou', InstanceId: 'i-mysql1' }),
    /^(NoPermission|Forbidden)/, 403);
  const narrow = await assume({ policy: JSON.stringify({ Version: '1', Statement: [
    { Effect: 'Deny', Action: 'ecs:*', Resource: '*' }] }) });
  await refused(pop(sim, 'ecs', narrow).request('DescribeSnapshots', { RegionId: 'cn-hangzhou' }), /^(NoPermission|Forbidden)/, 403);
});

test('Cloud Backup is judged too, in HTTP 403', async () => {
  await root('ram', 'AttachPolicyToRole', { PolicyType: 'System', PolicyName: 'AliyunHBRReadOnlyAccess', RoleName: 'reader' });
  const call = generic(sim, 'hbr', await assume());
  assert.deepEqual((await call('DescribePoliciesV2')).Policies, []);
  const Rules = JSON.stringify([{ RuleType: 'BACKUP', Schedule: 'I|1631685600|P1D' }]);
  const error = await refused(call('CreatePolicyV2', { body: { PolicyName: 'x', Rules } }), /^(NoPermission|Forbidden)/, 403);
  assert.equal(error.data.Success, false);
  assert.deepEqual((await call('DescribePoliciesV2')).Policies, []);
});

test('without the token, or with another one, they are worth nothing', async () => {
  const { accessKeyId, accessKeySecret } = await assume();
  const other = await assume();
  await refused(pop(sim, 'sts', { accessKeyId, accessKeySecret }).request('GetCallerIdentity'), /^(InvalidSecurityToken|InvalidAccessKeyId|MissingSecurityToken)/);
  await refused(pop(sim, 'sts', { accessKeyId, accessKeySecret, securityToken: other.securityToken }).request('GetCallerIdentity'),
    /^InvalidSecurityToken/, 400);
});

test('they end with the clock', async () => {
  const keys = await assume({ durationSeconds: 900 });
  const call = generic(sim, 'sts', keys);
  await call('GetCallerIdentity');
  await sim.advance('16m');
  await refused(call('GetCallerIdentity'), 'InvalidSecurityToken.Expired');
  await refused(pop(sim, 'sts', keys).request('GetCallerIdentity'), 'InvalidSecurityToken.Expired', 400);
});

test('what STS refuses', async () => {
  const cases = [
    [{ RoleArn: 'acs:ram::1234567890123456:role/nobody', RoleSessionName: 'x1' }, 'EntityNotExist.Role'],
    [{ RoleArn: 'nonsense', RoleSessionName: 'x1' }, /^InvalidParameter/],
    [{ RoleArn: arn }, /^MissingParameter|^MissingRoleSessionName/],
    [{ RoleArn: arn, RoleSessionName: 'a b' }, /^InvalidParameter/],
    [{ RoleArn: arn, RoleSessionName: 'x1', DurationSeconds: 899 }, /^InvalidParameter/],
    [{ RoleArn: arn, RoleSessionName: 'x1', DurationSeconds: 3601 }, /^InvalidParameter/],
    [{ RoleArn: arn, RoleSessionName: 'x1', Policy: '{' }, /^InvalidParameter/],
  ];
  for (const [params, code] of cases) await refused(root('sts', 'AssumeRole', params), code);
});

test('a role that does not trust the account is not assumed', async () => {
  const forEcs = trust.replace(/"RAM":\[[^\]]*\]/, '"Service":["ecs.aliyuncs.com"]');
  await root('ram', 'CreateRole', { RoleName: 'service', AssumeRolePolicyDocument: forEcs });
  await refused(root('sts', 'AssumeRole', { RoleArn: 'acs:ram::1234567890123456:role/service', RoleSessionName: 'x1' }),
    'NoPermission', 403);
});

test('the account itself', async () => {
  const { body } = await sts(sim, account).getCallerIdentity();
  assert.deepEqual([body.identityType, body.userId], ['Account', '1234567890123456']);
});
