'use strict';
// The vendor's whole procedure for an application-consistent backup, and what becomes of it when a step is missing.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { useSim } = require('../lib/sim');
const { account, pop, ecs, ram, Ecs, Ram } = require('../lib/clients');
const { hbr } = require('../lib/hbr');
const { eventually } = require('../lib/expect');

const regionId = 'cn-hangzhou';
const role = 'AppSnapshotRoleName';
const trust = JSON.stringify({ Version: '1', Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow',
  Principal: { Service: ['ecs.aliyuncs.com'] } }] });
const document = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Resource: ['*'], Condition: {},
  Action: ['ecs:DescribeSnapshot*', 'ecs:CreateSnapshot*', 'ecs:TagResources', 'ecs:DescribeDisks'] }] });

async function prepare(sim, algorithm) {
  const access = ram(sim, account, algorithm), machines = ecs(sim, account, algorithm);
  await access.createPolicy(new Ram.CreatePolicyRequest({ policyName: 'AppSnapshotPolicy', policyDocument: document }));
  await access.createRole(new Ram.CreateRoleRequest({ roleName: role, assumeRolePolicyDocument: trust }));
  await access.attachPolicyToRole(new Ram.AttachPolicyToRoleRequest({ policyType: 'Custom', policyName: 'AppSnapshotPolicy', roleName: role }));
  const instanceIds = ['i-mysql1', 'i-slow', 'i-deaf', 'i-windows', 'i-stopped'];
  await machines.attachInstanceRamRole(new Ecs.AttachInstanceRamRoleRequest({ regionId, ramRoleName: role, instanceIds: JSON.stringify(instanceIds) }));
  await sendScripts(sim, algorithm, ['i-mysql1', 'i-slow']);
}

async function sendScripts(sim, algorithm, instanceId, fileMode = '0700') {
  for (const name of ['prescript.sh', 'postscript.sh'])
    await ecs(sim, account, algorithm).sendFile(new Ecs.SendFileRequest({ regionId, name, targetDir: '/tmp', instanceId, overwrite: true,
      content: Buffer.from('#!/bin/sh\nexit 0\n').toString('base64'), contentType: 'Base64', fileMode, fileOwner: 'root', fileGroup: 'root' }));
  await sim.advance('10s');
}

const sim = useSim((made) => prepare(made, undefined));
const detail = { appConsistent: true, preScriptPath: '/tmp/prescript.sh', postScriptPath: '/tmp/postscript.sh', enableFsFreeze: true,
  enableWriters: true, timeoutInSeconds: 30, ramRoleName: role, snapshotGroup: false, diskIdList: [] };

// Runs a job to its end and answers what was really reached.
async function backup(InstanceId, more = {}, algorithm = undefined) {
  const call = hbr(sim, algorithm);
  const { JobId } = await call('CreateBackupJob', { SourceType: 'UDM_ECS', BackupType: 'COMPLETE', InstanceId, JobName: 'procedure',
    Retention: 7, Detail: { ...detail, ...more } });
  const job = await eventually(sim, async () => {
    const found = (await call('DescribeBackupJobs2', { SourceType: 'UDM_ECS', Filters: [{ Key: 'JobId', Values: [JobId] }] })).BackupJobs.BackupJob[0];
    return ['COMPLETE', 'FAILED', 'PARTIAL_COMPLETE'].includes(found.Status) ? found : null;
  });
  const [point] = (await call('DescribeUdmSnapshots', { SourceType: 'UDM_ECS', JobId, InstanceId, StartTime: job.CreatedTime - 10,
    EndTime: job.CreatedTime + 3600, UdmRegionId: regionId })).Snapshots;
  const { body } = await ecs(sim, account, algorithm).describeSnapshots(new Ecs.DescribeSnapshotsRequest({ regionId,
    snapshotIds: JSON.stringify(point.Detail.NativeSnapshotIdList) }));
  const snapshots = body.snapshots.snapshot;
  const tags = Object.fromEntries(snapshots[0].tags.tag.map((tag) => [tag.tagKey, tag.tagValue]));
  return { job, point, snapshots, tags, level: point.Detail.ConsistentLevel, reason: point.Detail.DowngradeReason };
}

for (const algorithm of [undefined, 'v2'])
  test(`${algorithm || 'v3'}: everything is in place, and the backup is application-consistent`, async () => {
    const { job, point, snapshots, tags, level, reason } = await backup('i-mysql1', {}, algorithm);
    assert.deepEqual([job.Status, job.Progress, job.JobName], ['COMPLETE', 10000, 'procedure']);
    assert.match(level, /^APP/);
    assert.equal(reason, '');
    assert.deepEqual([...point.Detail.DiskIdList].sort(), ['d-mysql1a', 'd-mysql1b']);
    assert.equal(point.Detail.NativeSnapshotIdList.length, 2);
    assert.match(point.Detail.SnapshotGroupId, /^ssg-/);
    assert.equal(point.Retention, 7);
    assert.equal(typeof point.ActualBytes, 'string');
    assert.deepEqual([tags.APPConsistent, tags.FsConsistent, tags['HBR JobId']], ['True', undefined, job.JobId]);
    assert.ok(snapshots.every((snapshot) => snapshot.snapshotName === `Created-from-HBR-job:${job.JobId}` && snapshot.progress === '100%'));
    const groups = (await ecs(sim).describeSnapshotGroups(new Ecs.DescribeSnapshotGroupsRequest({ regionId, snapshotGroupId: [point.Detail.SnapshotGroupId] }))).body;
    assert.equal(groups.snapshotGroups.snapshotGroup[0].status, 'accomplished');
  });

test('without being asked for consistency, a crash-consistent one and no reason', async () => {
  const { level, reason, tags } = await backup('i-mysql1', { appConsistent: false });
  assert.deepEqual([level, reason, tags.APPConsistent, tags.FsConsistent], ['CRASH', '', undefined, undefined]);
});

test('chosen disks only', async () => {
  const { point } = await backup('i-mysql1', { diskIdList: ['d-mysql1b'] });
  assert.deepEqual(point.Detail.DiskIdList, ['d-mysql1b']);
});

// Each prerequisite taken away: the job says COMPLETE all the same, and only the point tells.
const degradations = [
  ['the script is gone after a reboot', 'FILE', /Script/, 'i-mysql1', () => sim.admin('POST', 'reboot', { instance: 'i-mysql1' }),
    () => sendScripts(sim, undefined, ['i-mysql1'])],
  ['the scripts are readable by others', 'FILE', /Script/, 'i-mysql1', () => sendScripts(sim, undefined, ['i-mysql1'], '0755'),
    () => sendScripts(sim, undefined, ['i-mysql1'])],
  ['a script belongs to somebody else', 'FILE', /Script/, 'i-mysql1',
    () => sim.admin('POST', 'run', { instance: 'i-mysql1', command: 'chown nobody /tmp/prescript.sh' }), () => sendScripts(sim, undefined, ['i-mysql1'])],
  ['no role is bound', 'CRASH', /^HBR\.NoRamRoleBound$/, 'i-mysql2', () => {}, () => {}],
  ['a disk is no ESSD', 'CRASH', /Disk/, 'i-slow', () => {}, () => {}],
  ['the assistant is offline', 'CRASH', /Assist/, 'i-deaf', () => {}, () => {}],
  ['the instance is stopped', 'CRASH', /Running/, 'i-stopped', () => {}, () => {}],
  ['the role may not make snapshots', 'CRASH', /Permission/, 'i-mysql1',
    () => pop(sim, 'ram').request('DetachPolicyFromRole', { PolicyType: 'Custom', PolicyName: 'AppSnapshotPolicy', RoleName: role }),
    () => pop(sim, 'ram').request('AttachPolicyToRole', { PolicyType: 'Custom', PolicyName: 'AppSnapshotPolicy', RoleName: role })],
];
for (const [what, level, reason, instance, spoil, repair] of degradations)
  test(`a degradation without a word: ${what}`, async () => {
    await spoil();
    const result = await backup(instance);
    assert.equal(result.job.Status, 'COMPLETE');
    assert.ok(result.level.startsWith(level), `${result.level} ${result.reason}`);
    assert.match(result.reason, reason);
    assert.equal(result.tags.APPConsistent, undefined);
    assert.equal(result.tags.FsConsistent, level === 'FILE' ? 'True' : undefined);
    await repair();
  });

test('a snapshot group that is asked for rules application consistency out', async () => {
  const { level, reason, point } = await backup('i-mysql1', { snapshotGroup: true });
  assert.equal(level, 'CRASH');
  assert.ok(reason);
  assert.match(point.Detail.SnapshotGroupId, /^ssg-/);
});

test('Windows has writers and needs no scripts', async () => {
  assert.match((await backup('i-windows', { preScriptPath: '', postScriptPath: '' })).level, /^APP/);
  assert.match((await backup('i-windows', { enableWriters: false })).level, /^FILE/);
});

test('after every repair it is application-consistent again', async () => {
  assert.match((await backup('i-mysql1')).level, /^APP/);
});

test('a binding\'s settings make its scheduled backups application-consistent too', async () => {
  const call = hbr(sim);
  const { PolicyId } = await call('CreatePolicyV2', { PolicyName: 'nightly', PolicyType: 'UDM_ECS_ONLY',
    Rules: [{ RuleType: 'BACKUP', BackupType: 'COMPLETE', Schedule: 'C|1631685600|0 2 * * *', Retention: 30 }] });
  await call('CreatePolicyBindings', { PolicyId, PolicyBindingList: [{ SourceType: 'UDM_ECS', DataSourceId: 'i-mysql1', AdvancedOptions: { UdmDetail: {
    AppConsistent: true, RamRoleName: role, PreScriptPath: '/tmp/prescript.sh', PostScriptPath: '/tmp/postscript.sh' } } }] });
  const StartTime = await sim.now();
  await sim.advance('25h');
  const EndTime = await sim.now();
  const [point, ...more] = (await call('DescribeUdmSnapshots', { SourceType: 'UDM_ECS', InstanceId: 'i-mysql1', StartTime, EndTime, UdmRegionId: regionId })).Snapshots
    .filter((item) => item.Retention === 30);
  assert.match(point.Detail.ConsistentLevel, /^APP/);
  assert.ok(more.length <= 1); // twice two o'clock in 25 hours, at most
  assert.equal(new Date(point.CreatedTime * 1000).getUTCHours(), 2);
});

test('everything is taken down again', async () => {
  const call = hbr(sim);
  for (const { PolicyId } of (await call('DescribePoliciesV2')).Policies) await call('DeletePolicyV2', { PolicyId });
  await sim.advance('1m');
  const world = await sim.world();
  assert.deepEqual([world.backup_policies || [], world.bindings || []], [[], []]);
  const machines = ecs(sim);
  for (const item of ['i-mysql1', 'i-slow', 'i-deaf', 'i-windows', 'i-stopped'])
    await machines.detachInstanceRamRole(new Ecs.DetachInstanceRamRoleRequest({ regionId, ramRoleName: role, instanceIds: JSON.stringify([item]) }));
  await pop(sim, 'ram').request('DetachPolicyFromRole', { PolicyType: 'Custom', PolicyName: 'AppSnapshotPolicy', RoleName: role });
  await pop(sim, 'ram').request('DeleteRole', { RoleName: role });
  await pop(sim, 'ram').request('DeletePolicy', { PolicyName: 'AppSnapshotPolicy' });
});
