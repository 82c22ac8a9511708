'use strict';
// Cloud Backup: policies, bindings, vaults, restores, schedules and retention.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { useSim } = require('../lib/sim');
const { generic } = require('../lib/clients');
const { hbr, hbrByPop } = require('../lib/hbr');
const { refused, eventually } = require('../lib/expect');

const sim = useSim();
const call = (action, params) => hbr(sim)(action, params);
const daily = { RuleType: 'BACKUP', BackupType: 'COMPLETE', Schedule: 'I|1631685600|P1D', Retention: 7 };
const source = (DataSourceId, more) => ({ SourceType: 'UDM_ECS', DataSourceId, ...more });
const tongues = { 'ACS3, split': () => hbr(sim), 'RPC v1, split': () => hbr(sim, 'v2'), 'pop-core, POST': () => hbrByPop(sim),
  'pop-core, GET': () => hbrByPop(sim, 'GET') };
const fine = (answer) => {
  assert.equal(answer.Success, true);
  assert.equal(String(answer.Code), '200');
  assert.equal(typeof answer.Message, 'string');
  assert.match(answer.RequestId, /^[0-9A-F-]{36}$/);
};

async function newPolicy(PolicyName, ...rules) {
  return (await call('CreatePolicyV2', { PolicyName, PolicyType: 'UDM_ECS_ONLY', Rules: rules.length ? rules : [daily] })).PolicyId;
}
const bind = (PolicyId, ...list) => call('CreatePolicyBindings', { PolicyId, PolicyBindingList: list });
const binding = async (id) => (await call('DescribePolicyBindings', { SourceType: 'UDM_ECS', DataSourceIds: [id] })).PolicyBindings[0];
async function dropPolicy(PolicyId) {
  await call('DeletePolicyV2', { PolicyId });
  await eventually(sim, async () => (await call('DescribePoliciesV2', { PolicyId })).Policies.length === 0);
}

test('nothing is there at first, and lists are empty', async () => {
  const policies = await call('DescribePoliciesV2');
  fine(policies);
  assert.deepEqual([policies.Policies, policies.TotalCount, policies.MaxResults], [[], 0, 10]);
  assert.deepEqual((await call('DescribePolicyBindings')).PolicyBindings, []);
  assert.deepEqual((await call('DescribeBackupJobs2')).BackupJobs, { BackupJob: [] });
  assert.deepEqual((await call('DescribeRestoreJobs2')).RestoreJobs, { RestoreJob: [] });
  assert.deepEqual((await call('DescribeVaults')).Vaults, { Vault: [] });
  assert.deepEqual((await call('ListProtectedResources')).ProtectedResources, []);
  const points = await call('DescribeUdmSnapshots', { SourceType: 'UDM_ECS', StartTime: 0, EndTime: 4000000000, UdmRegionId: 'cn-hangzhou' });
  assert.deepEqual([points.Snapshots, points.TotalCount], [[], 0]);
});

test('the service: opened already, its roles are there, its regions', async () => {
  await refused(call('OpenHbrService'), 'ORDER.OPEND');
  fine(await call('CheckRole', { CheckRoleType: 'UdmRole' }));
  const missing = await call('CheckRole', { CheckRoleType: 'CrossAccountRole' });
  assert.deepEqual([missing.Success, missing.Code], [false, 'CrossAccountBackupSlrNotExist']); // inside HTTP 200
  const { Regions } = await call('DescribeRegions');
  assert.ok(Regions.Region.some((region) => region.RegionId === 'cn-hangzhou' && region.LocalName));
});

for (const [name, make] of Object.entries(tongues))
  test(`${name}: policy and binding from creation to deletion`, async () => {
    const speak = make();
    const made = await speak('CreatePolicyV2', { PolicyName: 'life', PolicyDescription: '每日 daily', PolicyType: 'UDM_ECS_ONLY', Rules: [daily] });
    fine(made);
    const { PolicyId } = made;
    assert.match(PolicyId, /^po-/);
    const [policy] = (await speak('DescribePoliciesV2', { PolicyId })).Policies;
    assert.deepEqual([policy.PolicyName, policy.PolicyDescription, policy.PolicyType, policy.BusinessStatus, policy.PolicyBindingCount],
      ['life', '每日 daily', 'UDM_ECS_ONLY', 'ACTIVE', 0]);
    const [rule] = policy.Rules;
    assert.match(rule.RuleId, /^rule-/);
    assert.deepEqual([rule.RuleType, rule.BackupType, rule.Schedule, rule.Retention, rule.Immutable],
      ['BACKUP', 'COMPLETE', 'I|1631685600|P1D', 7, false]);
    assert.ok(Math.abs(policy.CreatedTime - await sim.now()) < 60);
    fine(await speak('CreatePolicyBindings', { PolicyId, PolicyBindingList: [source('i-mysql1', { PolicyBindingDescription: 'one' })] }));
    const [bound] = (await speak('DescribePolicyBindings', { PolicyId })).PolicyBindings;
    assert.deepEqual([bound.PolicyId, bound.SourceType, bound.DataSourceId, bound.Disabled, bound.PolicyBindingDescription, bound.CreatedByTag],
      [PolicyId, 'UDM_ECS', 'i-mysql1', false, 'one', false]);
    assert.ok(bound.PolicyBindingId);
    fine(await speak('UpdatePolicyBinding', { PolicyId, ...source('i-mysql1'), Disabled: true, PolicyBindingDescription: 'two' }));
    const [changed] = (await speak('DescribePolicyBindings', { PolicyId })).PolicyBindings;
    assert.deepEqual([changed.Disabled, changed.PolicyBindingDescription], [true, 'two']);
    fine(await speak('UpdatePolicyV2', { PolicyId, PolicyName: 'life 2', Rules: [{ ...daily, RuleId: rule.RuleId, Retention: 14 }] }));
    const [updated] = (await speak('DescribePoliciesV2', { PolicyId })).Policies;
    assert.deepEqual([updated.PolicyName, updated.Rules.length, updated.Rules[0].RuleId, updated.Rules[0].Retention, updated.PolicyBindingCount],
      ['life 2', 1, rule.RuleId, 14, 1]);
    fine(await speak('DeletePolicyBinding', { PolicyId, SourceType: 'UDM_ECS', DataSourceIds: ['i-mysql1'] }));
    assert.deepEqual((await speak('DescribePolicyBindings', { PolicyId })).PolicyBindings, []);
    fine(await speak('DeletePolicyV2', { PolicyId }));
    await eventually(sim, async () => (await speak('DescribePoliciesV2', { PolicyId })).Policies.length === 0);
  });

test('a deleted policy stays a while, but what it bound is free at once', async () => {
  const PolicyId = await newPolicy('going');
  await bind(PolicyId, source('i-mysql1'), source('i-mysql2'));
  fine(await call('DeletePolicyV2', { PolicyId }));
  assert.deepEqual((await call('DescribePolicyBindings', { PolicyId })).PolicyBindings, []);
  assert.equal((await call('DescribePoliciesV2', { PolicyId })).Policies.length, 1);
  await sim.advance('1m');
  assert.deepEqual((await call('DescribePoliciesV2', { PolicyId })).Policies, []);
});

test('what policies refuse', async () => {
  for (const params of [{}, { Rules: [] }, { Rules: [{ RuleType: 'BACKUP' }] }, { Rules: [{ ...daily, Schedule: 'daily' }] },
    { Rules: [{ ...daily, Retention: 999999 }] }, { Rules: [{ ...daily, RuleType: 'MAGIC' }] }, { Rules: 'nonsense' },
    { PolicyType: 'OTHER', Rules: [daily] }, { PolicyType: 'UDM_ECS_ONLY', Rules: [{ ...daily, VaultId: 'v-1' }] }])
    await refused(call('CreatePolicyV2', { PolicyName: 'wrong', ...params }), /^(InvalidParameter|MissingParameter|VaultNotExist)/);
  await refused(call('UpdatePolicyV2', { PolicyId: 'po-nosuch', PolicyName: 'x' }), /NotFound/);
  await refused(call('DeletePolicyV2', { PolicyId: 'po-nosuch' }), /NotFound/);
  assert.deepEqual((await call('DescribePoliciesV2', { PolicyId: 'po-nosuch' })).Policies, []);
});

test('an instance has one policy', async () => {
  const first = await newPolicy('first'), second = await newPolicy('second');
  await bind(first, source('i-mysql1'));
  await refused(bind(first, source('i-mysql1')), 'PolicyAlreadyBoundWithThisDataSource', 400);
  await refused(bind(second, source('i-mysql2'), source('i-mysql1')), 'PolicyAlreadyBoundWithThisDataSource', 400);
  assert.deepEqual((await call('DescribePolicyBindings', { PolicyId: second })).PolicyBindings, []);
  await refused(bind(second, source('i-nosuch')), /NotFound/);
  await refused(bind('po-nosuch', source('i-mysql2')), /NotFound/);
  await refused(call('UpdatePolicyBinding', { PolicyId: second, ...source('i-mysql1'), Disabled: true }), /NotFound/);
  await call('DeletePolicyBinding', { PolicyId: first, SourceType: 'UDM_ECS', DataSourceIds: ['i-mysql1'] });
  fine(await bind(second, source('i-mysql1')));
  await dropPolicy(first);
  await dropPolicy(second);
});

const udm = { AppConsistent: true, RamRoleName: 'AppSnapshotRoleName', PreScriptPath: '/tmp/prescript.sh',
  PostScriptPath: '/tmp/postscript.sh', EnableFsFreeze: true, EnableWriters: true, TimeoutInSeconds: 45, DiskIdList: ['d-mysql1a'] };

test('SnapshotGroup is dropped at creation and kept by an update', async () => {
  const PolicyId = await newPolicy('group');
  await bind(PolicyId, source('i-mysql1', { AdvancedOptions: { UdmDetail: { ...udm, SnapshotGroup: true } } }));
  const made = (await binding('i-mysql1')).AdvancedOptions.UdmDetail;
  assert.deepEqual(made, { ...udm, SnapshotGroup: false, DestinationKmsKeyId: '', ExcludeDiskIdList: [] });
  await call('UpdatePolicyBinding', { PolicyId, ...source('i-mysql1'), AdvancedOptions: { UdmDetail: { ...udm, SnapshotGroup: true } } });
  assert.equal((await binding('i-mysql1')).AdvancedOptions.UdmDetail.SnapshotGroup, true);
  await call('UpdatePolicyBinding', { PolicyId, ...source('i-mysql1'), AdvancedOptions: { UdmDetail: { ...udm, SnapshotGroup: false, TimeoutInSeconds: 20, DiskIdList: [] } } });
  const changed = (await binding('i-mysql1')).AdvancedOptions.UdmDetail;
  assert.deepEqual([changed.SnapshotGroup, changed.TimeoutInSeconds, changed.DiskIdList], [false, 20, []]);
  await dropPolicy(PolicyId);
});

test('a binding that says nothing has the defaults; Disabled may be text', async () => {
  const PolicyId = await newPolicy('defaults');
  await bind(PolicyId, source('i-mysql1', { Disabled: 'true' }));
  const made = await binding('i-mysql1');
  const { AppConsistent, EnableFsFreeze, EnableWriters, TimeoutInSeconds } = made.AdvancedOptions.UdmDetail;
  assert.deepEqual([made.Disabled, AppConsistent, EnableFsFreeze, EnableWriters, TimeoutInSeconds], [true, false, true, true, 30]);
  await refused(call('UpdatePolicyBinding', { PolicyId, ...source('i-mysql1'), AdvancedOptions: { UdmDetail: { AppConsistent: true } } }), 'InvalidParameter');
  await dropPolicy(PolicyId);
});

test('bindings are filtered, and DataSourceIds counts only beside SourceType', async () => {
  const one = await newPolicy('one'), two = await newPolicy('two');
  await bind(one, source('i-mysql1'), source('i-mysql2'));
  await bind(two, source('i-slow'));
  const of = async (params) => (await call('DescribePolicyBindings', params)).PolicyBindings.map((item) => item.DataSourceId).sort();
  assert.deepEqual(await of({ SourceType: 'UDM_ECS', DataSourceIds: ['i-slow'] }), ['i-slow']);
  assert.deepEqual(await of({ SourceType: 'UDM_ECS', DataSourceIds: ['i-slow', 'i-nosuch', 'i-mysql1', 'i-slow'] }), ['i-mysql1', 'i-slow']);
  assert.deepEqual(await of({ SourceType: 'UDM_ECS', PolicyId: one, DataSourceIds: ['i-slow', 'i-mysql1'] }), ['i-mysql1']);
  assert.deepEqual(await of({ DataSourceIds: ['i-slow'] }), ['i-mysql1', 'i-mysql2', 'i-slow']);
  assert.deepEqual(await of({ PolicyId: one }), ['i-mysql1', 'i-mysql2']);
  assert.deepEqual(await of({ Filters: [{ Key: 'PolicyId', Values: [two] }] }), ['i-slow']);
  assert.deepEqual(await of({ Filters: [{ Key: 'DataSourceId', Operator: 'IN', Values: ['i-slow', 'i-mysql1'] }] }), ['i-mysql1', 'i-slow']);
  assert.deepEqual(await of({ Filters: [{ Key: 'PolicyId', Operator: 'NOT_EQUAL', Values: [one] }] }), ['i-slow']);
  assert.deepEqual(await of({ SourceType: 'OSS' }), []);
  await dropPolicy(one);
  await dropPolicy(two);
});

test('policies and bindings come in pages of ten unless told otherwise', async () => {
  const made = [];
  for (let i = 0; i < 23; i++) made.push(await newPolicy(`page-${i}`));
  const walk = async (action, list, params) => {
    const seen = [], sizes = [];
    let NextToken;
    do {
      const page = await call(action, { ...params, NextToken });
      sizes.push(page[list].length);
      assert.equal(page.TotalCount, 23);
      seen.push(...page[list].map((item) => item.PolicyId + (item.DataSourceId || '')));
      NextToken = page.NextToken;
    } while (NextToken);
    assert.equal(new Set(seen).size, 23);
    return sizes;
  };
  assert.deepEqual(await walk('DescribePoliciesV2', 'Policies', {}), [10, 10, 3]);
  assert.deepEqual(await walk('DescribePoliciesV2', 'Policies', { MaxResults: 20 }), [20, 3]);
  const fleet = (await sim.world()).instances.filter((item) => item.tags.app === 'fleet').slice(0, 23);
  await bind(made[0], ...fleet.map((item) => source(item.id)));
  assert.deepEqual(await walk('DescribePolicyBindings', 'PolicyBindings', {}), [10, 10, 3]);
  assert.deepEqual(await walk('DescribePolicyBindings', 'PolicyBindings', { MaxResults: 100, PolicyId: made[0] }), [23]);
  for (const PolicyId of made) await call('DeletePolicyV2', { PolicyId });
  await sim.advance('1m');
  assert.equal((await call('DescribePoliciesV2')).TotalCount, 0);
});

const jobs = async (...filters) => (await call('DescribeBackupJobs2', { SourceType: 'UDM_ECS', PageSize: 99, Filters: filters })).BackupJobs.BackupJob;
const points = async (more) => (await call('DescribeUdmSnapshots', { SourceType: 'UDM_ECS', StartTime: 0, EndTime: 4000000000,
  UdmRegionId: 'cn-hangzhou', ...more })).Snapshots;
const ecsSnapshots = async (params) => (await generic(sim, 'ecs')('DescribeSnapshots', { query: { RegionId: 'cn-hangzhou', ...params } })).Snapshots.Snapshot;

test('a policy is run on demand', async () => {
  const PolicyId = await newPolicy('now');
  await bind(PolicyId, source('i-mysql2'));
  const [{ Rules: [{ RuleId }] }] = (await call('DescribePoliciesV2', { PolicyId })).Policies;
  const { JobId } = await call('ExecutePolicyV2', { PolicyId, RuleId, SourceType: 'UDM_ECS', DataSourceId: 'i-mysql2' });
  assert.match(JobId, /^job-/);
  const job = await eventually(sim, async () => (await jobs({ Key: 'JobId', Values: [JobId] })).find((item) => item.Status === 'COMPLETE'));
  assert.deepEqual([job.InstanceId, job.PlanId, job.Progress, job.BackupType], ['i-mysql2', PolicyId, 10000, 'COMPLETE']);
  const [point] = await points({ JobId });
  assert.deepEqual([point.InstanceId, point.Retention, point.ExpireTime - point.CreatedTime], ['i-mysql2', 7, 7 * 86400]);
  await refused(call('ExecutePolicyV2', { PolicyId, RuleId: 'rule-nosuch' }), /^Invalid/);
  await refused(call('ExecutePolicyV2', { PolicyId, RuleId, SourceType: 'UDM_ECS', DataSourceId: 'i-slow' }), /NotFound/);
  await dropPolicy(PolicyId);
  fine(await call('DeleteSnapshot', { SnapshotId: point.SnapshotId, InstanceId: 'i-mysql2' }));
});

test('schedules run with the clock, however far it jumps, and points expire with their snapshots', async () => {
  const PolicyId = await newPolicy('clockwork', { ...daily, Retention: 3 });
  await bind(PolicyId, source('i-mysql1'), source('i-mysql2', { Disabled: 'true' }));
  const since = await sim.now();
  await sim.advance('5d');
  const run = await jobs({ Key: 'PlanId', Values: [PolicyId] });
  assert.equal(run.length, 5);
  assert.ok(run.every((job) => job.InstanceId === 'i-mysql1'));
  const times = run.map((job) => job.CreatedTime).sort();
  assert.ok(times.slice(1).every((time, i) => time - times[i] === 86400));
  const kept = await points({ InstanceId: 'i-mysql1', StartTime: since });
  assert.ok(kept.length >= 3 && kept.length <= 4);
  assert.equal((await ecsSnapshots({ InstanceId: 'i-mysql1' })).length, 2 * kept.length);
  await call('UpdatePolicyBinding', { PolicyId, ...source('i-mysql1'), Disabled: true });
  await sim.advance('10d');
  assert.equal((await jobs({ Key: 'PlanId', Values: [PolicyId] })).length, 5);
  assert.deepEqual(await points({ InstanceId: 'i-mysql1' }), []);
  assert.deepEqual(await ecsSnapshots({ InstanceId: 'i-mysql1' }), []);
  await dropPolicy(PolicyId);
});

test('a TAG rule binds by tags', async () => {
  const PolicyId = await newPolicy('by-tag', daily, { RuleType: 'TAG', TagFilters: [{ Key: 'app', Operator: 'EQUAL', Value: 'windows' }] });
  const [bound, ...others] = (await call('DescribePolicyBindings', { PolicyId })).PolicyBindings;
  assert.deepEqual([bound.DataSourceId, bound.CreatedByTag, others], ['i-windows', true, []]);
  assert.deepEqual(bound.HitTags, [{ Key: 'app', Operator: 'EQUAL', Value: 'windows' }]);
  await dropPolicy(PolicyId);
  assert.deepEqual((await call('DescribePolicyBindings')).PolicyBindings, []);
});

test('what is protected', async () => {
  const PolicyId = await newPolicy('protect');
  await bind(PolicyId, source('i-deaf'));
  const { ProtectedResources } = await call('ListProtectedResources', { SourceType: 'UDM_ECS', ResourceId: 'i-deaf' });
  assert.deepEqual(ProtectedResources.map((item) => [item.ResourceId, item.SourceType, item.BackupPlanCount, item.SnapshotCount, item.ResourceRegionId]),
    [['i-deaf', 'UDM_ECS', 1, 0, 'cn-hangzhou']]);
  fine(await call('DeleteUdmEcsInstance', { InstanceId: 'i-deaf' }));
  assert.deepEqual((await call('ListProtectedResources', { ResourceId: 'i-deaf' })).ProtectedResources, []);
  assert.deepEqual((await call('DescribePolicyBindings', { PolicyId })).PolicyBindings, []);
  await dropPolicy(PolicyId);
});

test('a vault from its task to its end', async () => {
  const made = await call('CreateVault', { VaultName: 'vault', VaultRegionId: 'cn-hangzhou', Description: 'words' });
  fine(made);
  const { VaultId, TaskId } = made;
  assert.match(VaultId, /^v-/);
  assert.match(TaskId, /^t-/);
  const vault = async () => (await call('DescribeVaults', { VaultId })).Vaults.Vault[0];
  assert.deepEqual([(await vault()).Status, (await vault()).VaultName, (await vault()).VaultType], ['INITIALIZING', 'vault', 'STANDARD']);
  await refused(call('DeleteVault', { VaultId }), /./);
  const task = await eventually(sim, async () => {
    const found = await call('DescribeTask', { TaskId });
    return found.Progress === 100 ? found : null;
  });
  assert.equal(task.Description, 'completed');
  assert.equal((await vault()).Status, 'CREATED');
  fine(await call('UpdateVault', { VaultId, VaultName: 'renamed' }));
  assert.equal((await vault()).VaultName, 'renamed');
  await refused(call('DeleteVault', { VaultId }), /./); // not in its first two hours
  await sim.advance('3h');
  const standard = (await call('CreatePolicyV2', { PolicyName: 'files', Rules: [{ ...daily, VaultId }, { RuleType: 'TRANSITION', Retention: 30 }] })).PolicyId;
  assert.equal((await call('DescribePoliciesV2', { PolicyId: standard })).Policies[0].PolicyType, 'STANDARD');
  await refused(call('DeleteVault', { VaultId }), 'VaultBoundPolicyCannotBeDeleted');
  await call('DeletePolicyV2', { PolicyId: standard });
  assert.deepEqual((await call('DescribePoliciesV2', { PolicyId: standard })).Policies, []); // this type goes at once
  fine(await call('DeleteVault', { VaultId }));
  await refused(call('DescribeVaults', { VaultId }), 'InvalidResourceId.NotFound');
  await refused(call('CreateVault', { VaultRegionId: 'cn-hangzhou' }), /^MissingParameter/);
});

test('a restore', async () => {
  const { JobId } = await call('CreateBackupJob', { SourceType: 'UDM_ECS', BackupType: 'COMPLETE', InstanceId: 'i-mysql2', JobName: 'to restore' });
  const point = await eventually(sim, async () => (await points({ JobId })).find((item) => item.Status === 'COMPLETE'));
  const { RestoreId } = await call('CreateRestoreJob', { RestoreType: 'UDM_ECS_ROLLBACK', SourceType: 'UDM_ECS', SnapshotId: point.SnapshotId,
    TargetInstanceId: 'i-mysql2', UdmRegionId: 'cn-hangzhou', UdmDetail: { sourceInstanceId: 'i-mysql2', forceRestore: true } });
  const job = await eventually(sim, async () => (await call('DescribeRestoreJobs2', { RestoreType: 'UDM_ECS_ROLLBACK',
    Filters: [{ Key: 'Status', Values: ['COMPLETE'] }] })).RestoreJobs.RestoreJob.find((item) => item.RestoreId === RestoreId));
  assert.deepEqual([job.Progress, job.SnapshotId, job.TargetInstanceId, JSON.parse(job.UdmDetail).forceRestore], [10000, point.SnapshotId, 'i-mysql2', true]);
  await refused(call('CreateRestoreJob', { RestoreType: 'UDM_ECS_ROLLBACK', SourceType: 'UDM_ECS', SnapshotId: 's-nosuch' }), /NotFound/);
  await refused(generic(sim, 'hbr')('CreateRestoreJob', { method: 'GET', query: { RestoreType: 'UDM_ECS_ROLLBACK', SourceType: 'UDM_ECS' } }), 'UnsupportedHTTPMethod');
});

test('jobs are filtered, sorted and paged', async () => {
  for (let i = 0; i < 12; i++) {
    await call('CreateBackupJob', { SourceType: 'UDM_ECS', BackupType: 'COMPLETE', InstanceId: 'i-slow', JobName: `job ${i}` });
    await sim.advance('10s');
  }
  const own = { Key: 'InstanceId', Operator: 'EQUAL', Values: ['i-slow'] };
  const page = await call('DescribeBackupJobs2', { Filters: [own] });
  assert.deepEqual([page.TotalCount, page.PageNumber, page.PageSize, page.BackupJobs.BackupJob.length], [12, 1, 10, 10]);
  assert.equal(page.BackupJobs.BackupJob[0].JobName, 'job 11'); // the newest first
  const second = await call('DescribeBackupJobs2', { Filters: [own], PageNumber: 2 });
  assert.deepEqual(second.BackupJobs.BackupJob.map((job) => job.JobName), ['job 1', 'job 0']);
  const ascending = await call('DescribeBackupJobs2', { Filters: [own], SortDirection: 'ASCEND', PageSize: 3 });
  assert.deepEqual(ascending.BackupJobs.BackupJob.map((job) => job.JobName), ['job 0', 'job 1', 'job 2']);
  const [first] = ascending.BackupJobs.BackupJob;
  const later = await jobs(own, { Key: 'CreatedTime', Operator: 'GREATER_THAN', Values: [first.CreatedTime] });
  assert.equal(later.length, 11);
  const between = await jobs(own, { Key: 'CreatedTime', Operator: 'BETWEEN', Values: [first.CreatedTime, first.CreatedTime + 15] });
  assert.equal(between.length, 2);
  assert.deepEqual(await jobs({ Key: 'Status', Values: ['FAILED'] }, own), []);
});

test('a job can be cancelled while it runs', async () => {
  const { JobId } = await call('CreateBackupJob', { SourceType: 'UDM_ECS', BackupType: 'COMPLETE', InstanceId: 'i-slow' });
  fine(await call('CancelBackupJob', { JobId }));
  await sim.advance('1m');
  assert.match((await jobs({ Key: 'JobId', Values: [JobId] }))[0].Status, /^CANCEL/);
  await refused(call('CancelBackupJob', { JobId: 'job-nosuch' }), /NotFound/);
});

test('what is tried again after a lost answer makes a twin, as there is no token', async (t) => {
  t.after(() => sim.noFaults());
  await sim.fault({ action: 'CreatePolicyV2', nth: 1 }, 'drop_after');
  const Rules = [daily], PolicyName = 'twin';
  await assert.rejects(call('CreatePolicyV2', { PolicyName, Rules }));
  await call('CreatePolicyV2', { PolicyName, Rules });
  const twins = (await call('DescribePoliciesV2', { MaxResults: 100 })).Policies.filter((policy) => policy.PolicyName === PolicyName);
  assert.equal(twins.length, 2);
  for (const { PolicyId } of twins) await dropPolicy(PolicyId);
});

test('what is read is not listed as a change', async () => {
  const before = (await sim.requests()).length;
  await call('DescribePoliciesV2');
  await call('DescribePolicyBindings');
  await call('ListProtectedResources');
  const { VaultId } = await call('CreateVault', { VaultName: 'noted', VaultRegionId: 'cn-hangzhou' });
  await call('DescribeVaults', { VaultId });
  assert.deepEqual((await sim.requests()).slice(before).map((request) => request.mutating), [false, false, false, true, false]);
});
