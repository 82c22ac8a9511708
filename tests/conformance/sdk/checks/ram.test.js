'use strict';
// RAM: policies, roles, what is attached to what, tags; by pop-core and by the typed SDK.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { useSim } = require('../lib/sim');
const { account, pop, ram, Ram } = require('../lib/clients');
const { refused } = require('../lib/expect');

const sim = useSim();
const trust = JSON.stringify({ Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow',
  Principal: { Service: ['ecs.aliyuncs.com'] } }], Version: '1' });
const policy = (action) => JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: [action],
  Resource: ['*'], Condition: {} }] });
const call = (action, params) => pop(sim, 'ram').request(action, params, { method: 'POST' });
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

test('an account without roles and policies of its own has empty lists', async () => {
  assert.deepEqual((await call('ListRoles')).Roles, { Role: [] });
  const { Policies, IsTruncated } = await call('ListPolicies', { PolicyType: 'Custom' });
  assert.deepEqual([Policies, IsTruncated], [{ Policy: [] }, false]);
  const { body } = await ram(sim).listRoles(new Ram.ListRolesRequest({}));
  assert.deepEqual([body.roles.role, body.isTruncated], [[], false]);
});

test('a role is made, read, changed, listed and deleted', async () => {
  const { Role } = await call('CreateRole', { RoleName: 'life', AssumeRolePolicyDocument: trust, Description: 'first' });
  assert.equal(Role.RoleName, 'life');
  assert.equal(Role.Arn, 'acs:ram::1234567890123456:role/life');
  assert.match(Role.RoleId, /^\d+$/);
  assert.match(Role.CreateDate, ISO);
  assert.deepEqual(JSON.parse(Role.AssumeRolePolicyDocument), JSON.parse(trust));
  await refused(call('CreateRole', { RoleName: 'life', AssumeRolePolicyDocument: trust }), 'EntityAlreadyExists.Role', 409);
  const read = (await call('GetRole', { RoleName: 'life' })).Role;
  assert.deepEqual([read.Description, read.MaxSessionDuration, read.RoleId], ['first', 3600, Role.RoleId]);
  assert.match(read.UpdateDate, ISO);
  const open = trust.replace('ecs.', 'oos.');
  await call('UpdateRole', { RoleName: 'life', NewAssumeRolePolicyDocument: open, NewDescription: 'second',
    NewMaxSessionDuration: 7200 });
  const changed = (await call('GetRole', { RoleName: 'life' })).Role;
  assert.deepEqual([changed.Description, changed.MaxSessionDuration], ['second', 7200]);
  assert.deepEqual(JSON.parse(changed.AssumeRolePolicyDocument), JSON.parse(open));
  const listed = (await call('ListRoles')).Roles.Role.find((role) => role.RoleName === 'life');
  assert.equal(listed.Description, 'second');
  assert.equal(listed.AssumeRolePolicyDocument, undefined); // ListRoles does not tell it
  await call('DeleteRole', { RoleName: 'life' });
  await refused(call('GetRole', { RoleName: 'life' }), 'EntityNotExist.Role', 404);
  await refused(call('DeleteRole', { RoleName: 'life' }), 'EntityNotExist.Role', 404);
});

for (const algorithm of [undefined, 'v2'])
  test(`typed, ${algorithm || 'v3'}: policy and role from creation to deletion`, async () => {
    const client = ram(sim, account, algorithm);
    const made = await client.createPolicy(new Ram.CreatePolicyRequest({ policyName: 'typed',
      policyDocument: policy('ecs:DescribeDisks'), description: 'words', tag: [{ key: 'team', value: 'db' }] }));
    assert.deepEqual([made.body.policy.policyName, made.body.policy.policyType, made.body.policy.defaultVersion],
      ['typed', 'Custom', 'v1']);
    await client.createRole(new Ram.CreateRoleRequest({ roleName: 'typed', assumeRolePolicyDocument: trust }));
    const attach = { policyName: 'typed', policyType: 'Custom', roleName: 'typed' };
    await client.attachPolicyToRole(new Ram.AttachPolicyToRoleRequest(attach));
    const attached = await client.listPoliciesForRole(new Ram.ListPoliciesForRoleRequest({ roleName: 'typed' }));
    assert.deepEqual(attached.body.policies.policy.map((item) => [item.policyName, item.policyType, item.description]),
      [['typed', 'Custom', 'words']]);
    const read = await client.getPolicy(new Ram.GetPolicyRequest({ policyName: 'typed', policyType: 'Custom' }));
    assert.equal(read.body.policy.attachmentCount, 1);
    assert.deepEqual(JSON.parse(read.body.defaultPolicyVersion.policyDocument), JSON.parse(policy('ecs:DescribeDisks')));
    assert.equal(read.body.defaultPolicyVersion.isDefaultVersion, true);
    await client.detachPolicyFromRole(new Ram.DetachPolicyFromRoleRequest(attach));
    await client.deleteRole(new Ram.DeleteRoleRequest({ roleName: 'typed' }));
    await client.deletePolicy(new Ram.DeletePolicyRequest({ policyName: 'typed' }));
    await refused(client.getPolicy(new Ram.GetPolicyRequest({ policyName: 'typed', policyType: 'Custom' })),
      'EntityNotExist.Policy');
  });

test('names and documents are checked', async () => {
  await refused(call('CreateRole', { RoleName: 'a b', AssumeRolePolicyDocument: trust }), /^InvalidParameter\.RoleName/, 400);
  await refused(call('CreateRole', { RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: trust }), /^InvalidParameter\.RoleName/, 400);
  await refused(call('CreateRole', { RoleName: 'fine', AssumeRolePolicyDocument: '{' }), /^(InvalidParameter|MalformedPolicyDocument)/, 400);
  await refused(call('CreateRole', { RoleName: 'fine' }), /^MissingParameter/, 400);
  await refused(call('CreatePolicy', { PolicyName: 'x'.repeat(129), PolicyDocument: policy('ecs:*') }), /^InvalidParameter\.PolicyName/, 400);
  await refused(call('CreatePolicy', { PolicyName: 'fine', PolicyDocument: '{"Version":"1","Statement":[]}' }), /^(InvalidParameter|MalformedPolicyDocument)/, 400);
  await refused(call('CreatePolicy', { PolicyName: 'fine', PolicyDocument: policy(`ecs:${'x'.repeat(7000)}`) }), /^InvalidParameter\.PolicyDocument/, 400);
  await refused(call('AttachPolicyToRole', { PolicyType: 'Wrong', PolicyName: 'x', RoleName: 'y' }), /^InvalidParameter/, 400);
});

test('attaching: twice, what is not there, and deleting what is attached', async () => {
  await call('CreatePolicy', { PolicyName: 'tied', PolicyDocument: policy('ecs:*') });
  await call('CreateRole', { RoleName: 'tied', AssumeRolePolicyDocument: trust });
  const tie = { PolicyType: 'Custom', PolicyName: 'tied', RoleName: 'tied' };
  await call('AttachPolicyToRole', tie);
  await refused(call('AttachPolicyToRole', tie), 'EntityAlreadyExists.Role.Policy', 409);
  await refused(call('AttachPolicyToRole', { ...tie, RoleName: 'nobody' }), 'EntityNotExist.Role', 404);
  await refused(call('AttachPolicyToRole', { ...tie, PolicyName: 'nothing' }), 'EntityNotExist.Policy', 404);
  await refused(call('DeleteRole', { RoleName: 'tied' }), 'DeleteConflict.Role.Policy', 409);
  await refused(call('DeletePolicy', { PolicyName: 'tied' }), /^DeleteConflict/, 409);
  const entities = await call('ListEntitiesForPolicy', { PolicyType: 'Custom', PolicyName: 'tied' });
  assert.deepEqual(entities.Roles.Role.map((role) => role.RoleName), ['tied']);
  assert.deepEqual([entities.Users, entities.Groups], [{ User: [] }, { Group: [] }]);
  await call('AttachPolicyToRole', { PolicyType: 'System', PolicyName: 'AliyunECSReadOnlyAccess', RoleName: 'tied' });
  assert.equal((await call('ListPoliciesForRole', { RoleName: 'tied' })).Policies.Policy.length, 2);
  await call('DetachPolicyFromRole', { PolicyType: 'System', PolicyName: 'AliyunECSReadOnlyAccess', RoleName: 'tied' });
  await call('DetachPolicyFromRole', tie);
  await refused(call('DetachPolicyFromRole', tie), /^EntityNotExist/, 404);
  await call('DeleteRole', { RoleName: 'tied' });
  await call('DeletePolicy', { PolicyName: 'tied' });
  await refused(call('DeletePolicy', { PolicyName: 'tied' }), 'EntityNotExist.Policy', 404);
});

test('a policy has five versions at most', async () => {
  const name = { PolicyName: 'many' };
  const typed = { ...name, PolicyType: 'Custom' };
  await call('CreatePolicy', { ...name, PolicyDocument: policy('ecs:a') });
  for (const action of ['b', 'c', 'd', 'e'])
    await call('CreatePolicyVersion', { ...name, PolicyDocument: policy(`ecs:${action}`), SetAsDefault: action === 'e' });
  await refused(call('CreatePolicyVersion', { ...name, PolicyDocument: policy('ecs:f') }), 'LimitExceeded.Policy.Version', 409);
  const { PolicyVersions } = await call('ListPolicyVersions', typed);
  assert.equal(PolicyVersions.PolicyVersion.length, 5);
  assert.deepEqual(PolicyVersions.PolicyVersion.filter((v) => v.IsDefaultVersion).map((v) => v.VersionId), ['v5']);
  await refused(call('DeletePolicyVersion', { ...name, VersionId: 'v5' }), 'DeleteConflict.Policy.Version.Default', 409);
  await refused(call('DeletePolicy', name), 'DeleteConflict.Policy.Version', 409);
  const next = await call('CreatePolicyVersion', { ...name, PolicyDocument: policy('ecs:g'), SetAsDefault: true,
    RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded' });
  assert.deepEqual([next.PolicyVersion.VersionId, next.PolicyVersion.IsDefaultVersion], ['v6', true]);
  await refused(call('GetPolicyVersion', { ...typed, VersionId: 'v1' }), 'EntityNotExist.Policy.Version', 404);
  await call('SetDefaultPolicyVersion', { ...name, VersionId: 'v3' });
  assert.equal((await call('GetPolicy', typed)).Policy.DefaultVersion, 'v3');
  const version = (await call('GetPolicyVersion', { ...typed, VersionId: 'v3' })).PolicyVersion;
  assert.deepEqual([version.IsDefaultVersion, JSON.parse(version.PolicyDocument).Statement[0].Action], [true, ['ecs:c']]);
  await call('UpdatePolicyDescription', { ...name, NewDescription: 'new words' });
  assert.equal((await call('GetPolicy', typed)).Policy.Description, 'new words');
  for (const id of ['v2', 'v4', 'v5', 'v6']) await call('DeletePolicyVersion', { ...name, VersionId: id });
  await call('DeletePolicy', name);
});

test('lists come in pages', async () => {
  for (let i = 0; i < 25; i++) await call('CreateRole', { RoleName: `page-${i}`, AssumeRolePolicyDocument: trust });
  const seen = [];
  let answer = { Marker: undefined };
  do {
    answer = await call('ListRoles', { MaxItems: 10, ...(answer.Marker && { Marker: answer.Marker }) });
    assert.ok(answer.Roles.Role.length <= 10);
    assert.equal(answer.IsTruncated, answer.Marker !== undefined && answer.Marker !== '');
    seen.push(...answer.Roles.Role.map((role) => role.RoleName));
  } while (answer.IsTruncated);
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(seen.filter((name) => name.startsWith('page-')).length, 25);
  const client = ram(sim);
  const first = await client.listRoles(new Ram.ListRolesRequest({ maxItems: 5 }));
  assert.deepEqual([first.body.roles.role.length, first.body.isTruncated], [5, true]);
  const second = await client.listRoles(new Ram.ListRolesRequest({ maxItems: 5, marker: first.body.marker }));
  assert.notEqual(second.body.roles.role[0].roleName, first.body.roles.role[0].roleName);
  for (let i = 0; i < 25; i++) await call('DeleteRole', { RoleName: `page-${i}` });
});

test('the vendor\'s own policies are there and cannot be changed', async () => {
  const { Policies } = await call('ListPolicies', { PolicyType: 'System', MaxItems: 1000 });
  assert.ok(Policies.Policy.some((item) => item.PolicyName === 'AliyunECSReadOnlyAccess'));
  assert.ok(Policies.Policy.every((item) => item.PolicyType === 'System'));
  await refused(call('DeletePolicy', { PolicyName: 'AliyunECSReadOnlyAccess' }), 'EntityNotExist.Policy', 404);
  await call('CreatePolicy', { PolicyName: 'mine', PolicyDocument: policy('ecs:*') });
  const both = (await call('ListPolicies', { MaxItems: 1000 })).Policies.Policy;
  assert.ok(both.some((item) => item.PolicyName === 'mine') && both.some((item) => item.PolicyType === 'System'));
  await call('DeletePolicy', { PolicyName: 'mine' });
});

test('tags', async () => {
  await call('CreateRole', { RoleName: 'tagged', AssumeRolePolicyDocument: trust,
    Tag: JSON.stringify([{ Key: 'team', Value: 'db' }]) });
  const what = { ResourceType: 'role', ResourceNames: JSON.stringify(['tagged']) };
  await call('TagResources', { ...what, Tag: JSON.stringify([{ Key: 'env', Value: 'prod' }]) });
  const list = async () => (await call('ListTagResources', what)).TagResources
    .map((tag) => [tag.ResourceType, tag.TagKey, tag.TagValue]).sort();
  assert.deepEqual(await list(), [['role', 'env', 'prod'], ['role', 'team', 'db']]);
  const client = ram(sim);
  const typedList = await client.listTagResources(new Ram.ListTagResourcesRequest({ resourceType: 'role', resourceNames: ['tagged'] }));
  assert.equal(typedList.body.tagResources.length, 2);
  await client.tagResources(new Ram.TagResourcesRequest({ resourceType: 'role', resourceNames: ['tagged'],
    tag: [{ key: 'env', value: 'test' }] }));
  assert.deepEqual((await list())[0], ['role', 'env', 'test']);
  await client.untagResources(new Ram.UntagResourcesRequest({ resourceType: 'role', resourceNames: ['tagged'], tagKeys: ['env'] }));
  assert.deepEqual(await list(), [['role', 'team', 'db']]);
  await call('UntagResources', { ...what, TagKeys: JSON.stringify(['team']) });
  assert.deepEqual(await list(), []);
  await call('DeleteRole', { RoleName: 'tagged' });
});
