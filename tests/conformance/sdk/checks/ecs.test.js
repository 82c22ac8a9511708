'use strict';
// ECS: instances, disks, roles on instances, Cloud Assistant, snapshots, tags; by pop-core and by the typed SDK.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { useSim } = require('../lib/sim');
const { account, pop, generic, ecs, Ecs } = require('../lib/clients');
const { refused, eventually } = require('../lib/expect');

const sim = useSim();
const RegionId = 'cn-hangzhou', regionId = RegionId;
const call = (action, params) => pop(sim, 'ecs').request(action, { RegionId, ...params });
const ids = (list, key) => list.map((item) => item[key]).sort();
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;

test('regions', async () => {
  const { body } = await ecs(sim).describeRegions(new Ecs.DescribeRegionsRequest({ acceptLanguage: 'en-US' }));
  const here = body.regions.region.find((region) => region.regionId === regionId);
  assert.equal(here.regionEndpoint, 'ecs.cn-hangzhou.aliyuncs.com');
  assert.ok(here.localName);
});

test('instances by id, by name, by status', async () => {
  const byId = await call('DescribeInstances', { InstanceIds: JSON.stringify(['i-mysql1', 'i-nosuch', 'i-slow']) });
  assert.deepEqual(ids(byId.Instances.Instance, 'InstanceId'), ['i-mysql1', 'i-slow']);
  assert.equal(byId.TotalCount, 2);
  const one = byId.Instances.Instance.find((item) => item.InstanceId === 'i-mysql1');
  assert.deepEqual([one.InstanceName, one.OSType, one.OSName, one.Status, one.RegionId, one.ZoneId],
    ['mysql-1', 'linux', 'Ubuntu  22.04 64 bit', 'Running', 'cn-hangzhou', 'cn-hangzhou-h']);
  assert.match(one.CreationTime, ISO);
  assert.deepEqual(one.Tags.Tag.map((tag) => `${tag.TagKey}=${tag.TagValue}`).sort(), ['app=mysql', 'env=prod']);
  assert.ok(Array.isArray(one.SecurityGroupIds.SecurityGroupId));
  assert.equal(typeof one.Cpu, 'number');
  assert.deepEqual(ids((await call('DescribeInstances', { InstanceName: 'mysql-*' })).Instances.Instance, 'InstanceId'),
    ['i-mysql1', 'i-mysql2']);
  assert.deepEqual(ids((await call('DescribeInstances', { Status: 'Stopped' })).Instances.Instance, 'InstanceId'), ['i-stopped']);
});

test('no instance is an empty list', async () => {
  const answer = await call('DescribeInstances', { InstanceIds: '["i-nosuch"]' });
  assert.deepEqual([answer.TotalCount, answer.Instances], [0, { Instance: [] }]);
  const { body } = await ecs(sim).describeInstances(new Ecs.DescribeInstancesRequest({ regionId, instanceIds: '["i-nosuch"]' }));
  assert.deepEqual(body.instances.instance, []);
});

test('another region is empty, one that there is not is refused', async () => {
  assert.equal((await call('DescribeInstances', { RegionId: 'cn-beijing' })).TotalCount, 0);
  await refused(call('DescribeInstances', { RegionId: 'mars-1' }), 'InvalidRegionId.NotFound', 404);
});

test('instances by tags', async () => {
  const of = async (...tags) => ids((await call('DescribeInstances', { PageSize: 100,
    Tag: tags.map(([Key, Value]) => (Value ? { Key, Value } : { Key })) })).Instances.Instance, 'InstanceId');
  assert.deepEqual(await of(['app', 'mysql']), ['i-mysql1', 'i-mysql2']);
  assert.deepEqual(await of(['app', 'mysql'], ['env', 'prod']), ['i-mysql1']);
  assert.deepEqual(await of(['env']), ['i-mysql1', 'i-mysql2']);
  assert.deepEqual(await of(['app', 'nothing']), []);
  const { body } = await ecs(sim).describeInstances(new Ecs.DescribeInstancesRequest({ regionId,
    tag: [new Ecs.DescribeInstancesRequestTag({ key: 'app', value: 'mysql' })] }));
  assert.deepEqual(body.instances.instance.map((item) => item.instanceId).sort(), ['i-mysql1', 'i-mysql2']);
});

test('pages by number', async () => {
  const seen = new Set();
  let total, number = 0;
  do {
    const page = await call('DescribeInstances', { PageNumber: ++number, PageSize: 50 });
    total = page.TotalCount;
    assert.deepEqual([page.PageNumber, page.PageSize], [number, 50]);
    page.Instances.Instance.forEach((item) => seen.add(item.InstanceId));
  } while (number * 50 < total);
  assert.deepEqual([seen.size, total], [126, 126]);
  assert.equal((await call('DescribeInstances', {})).Instances.Instance.length, 10);
  assert.deepEqual((await call('DescribeInstances', { PageNumber: 9, PageSize: 50 })).Instances.Instance, []);
});

test('pages by token', async () => {
  for (const algorithm of [undefined, 'v2']) {
    const seen = new Set();
    let token;
    do {
      const { body } = await ecs(sim, account, algorithm).describeInstances(
        new Ecs.DescribeInstancesRequest({ regionId, maxResults: 40, nextToken: token }));
      assert.ok(body.instances.instance.length <= 40);
      body.instances.instance.forEach((item) => seen.add(item.instanceId));
      token = body.nextToken;
    } while (token);
    assert.equal(seen.size, 126);
  }
});

test('a dry run says that it would have gone well', async () => {
  await refused(call('DescribeInstances', { DryRun: true }), 'DryRunOperation');
});

test('disks', async () => {
  const { Disks, TotalCount } = await call('DescribeDisks', { InstanceId: 'i-mysql1' });
  assert.equal(TotalCount, 2);
  const system = Disks.Disk.find((disk) => disk.Type === 'system');
  assert.deepEqual([system.DiskId, system.Category, system.Size, system.Device, system.Status, system.InstanceId],
    ['d-mysql1a', 'cloud_essd', 40, '/dev/xvda', 'In_use', 'i-mysql1']);
  assert.equal((await call('DescribeDisks', { InstanceId: 'i-slow' })).Disks.Disk[0].Category, 'cloud_efficiency');
  const { body } = await ecs(sim).describeDisks(new Ecs.DescribeDisksRequest({ regionId, diskIds: '["d-mysql1b","d-no"]' }));
  assert.deepEqual(body.disks.disk.map((disk) => [disk.diskId, disk.size]), [['d-mysql1b', 200]]);
  assert.deepEqual((await call('DescribeDisks', { InstanceId: 'i-nosuch' })).Disks, { Disk: [] });
});

test('Cloud Assistant: who is there', async () => {
  const { body } = await ecs(sim).describeCloudAssistantStatus(new Ecs.DescribeCloudAssistantStatusRequest({ regionId,
    instanceId: ['i-mysql1', 'i-deaf', 'i-windows'] }));
  const status = Object.fromEntries(body.instanceCloudAssistantStatusSet.instanceCloudAssistantStatus
    .map((item) => [item.instanceId, item.cloudAssistantStatus]));
  assert.deepEqual(status, { 'i-mysql1': 'true', 'i-deaf': 'false', 'i-windows': 'true' });
  const answer = await call('DescribeCloudAssistantStatus', { OSType: 'Windows' });
  assert.deepEqual(ids(answer.InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus, 'InstanceId'), ['i-windows']);
});

async function output(instance, script, more) {
  const { InvokeId, CommandId } = await call('RunCommand', { Type: 'RunShellScript', CommandContent: script,
    InstanceId: [instance], ...more });
  assert.match(InvokeId, /^t-/);
  assert.match(CommandId, /^c-/);
  return eventually(sim, async () => {
    const answer = await call('DescribeInvocationResults', { InvokeId, ContentEncoding: 'PlainText' });
    const [result] = answer.Invocation.InvocationResults.InvocationResult;
    return /^(Pending|Running|Scheduled)$/.test(result.InvocationStatus) ? null : result;
  });
}

test('commands run, and their output is read back', async () => {
  const good = await output('i-mysql1', 'echo hello; echo "a b" > /tmp/x && cat /tmp/x');
  assert.deepEqual([good.Output, good.ExitCode, good.InvocationStatus, good.InvokeRecordStatus, good.Dropped],
    ['hello\na b\n', 0, 'Success', 'Finished', 0]);
  const bad = await output('i-mysql1', 'cat /nothing; exit 3');
  assert.deepEqual([bad.ExitCode, bad.InvocationStatus], [3, 'Failed']);
  assert.match(bad.Output, /\/nothing: No such file or directory/);
  const encoded = await output('i-mysql1', Buffer.from('echo coded').toString('base64'), { ContentEncoding: 'Base64' });
  assert.equal(encoded.Output, 'coded\n');
});

test('output is Base64 unless plain text is asked for', async () => {
  const { InvokeId } = await call('RunCommand', { Type: 'RunShellScript', CommandContent: 'echo hi', InstanceId: ['i-mysql1'] });
  await sim.advance('10s');
  const raw = (await call('DescribeInvocationResults', { InvokeId })).Invocation.InvocationResults.InvocationResult[0];
  assert.equal(Buffer.from(raw.Output, 'base64').toString(), 'hi\n');
  const whole = (await call('DescribeInvocations', { InvokeId, IncludeOutput: true })).Invocations.Invocation[0];
  assert.deepEqual([whole.InvokeId, whole.InvokeStatus, whole.InvokeInstances.InvokeInstance.length], [InvokeId, 'Finished', 1]);
  assert.equal(Buffer.from(whole.CommandContent, 'base64').toString(), 'echo hi');
});

test('an offline assistant fails its part of an invocation, not the call', async () => {
  const { body } = await ecs(sim).runCommand(new Ecs.RunCommandRequest({ regionId, type: 'RunShellScript',
    commandContent: 'echo hi', instanceId: ['i-deaf', 'i-mysql1'] }));
  await sim.advance('2m');
  const results = (await ecs(sim).describeInvocationResults(new Ecs.DescribeInvocationResultsRequest({ regionId,
    invokeId: body.invokeId }))).body.invocation.invocationResults.invocationResult;
  const by = Object.fromEntries(results.map((item) => [item.instanceId, item]));
  assert.equal(by['i-mysql1'].invocationStatus, 'Success');
  assert.equal(by['i-deaf'].invocationStatus, 'Failed');
  assert.equal(by['i-deaf'].errorCode, 'ClientNotRunning');
});

test('what Cloud Assistant refuses', async () => {
  const run = (params) => call('RunCommand', { Type: 'RunShellScript', CommandContent: 'true', InstanceId: ['i-mysql1'], ...params });
  await refused(run({ InstanceId: ['i-nosuch'] }), 'InvalidInstance.NotFound', 404);
  await refused(run({ Type: 'RunMagic' }), 'InvalidCmdType.NotFound', 403);
  await refused(run({ CommandContent: '' }), /^MissingParam/);
  await refused(run({ CommandContent: 'x'.repeat(30000) }), 'CmdContent.ExceedLimit', 403);
  await refused(run({ InstanceId: Array.from({ length: 101 }, (_, i) => `i-${i}`) }), 'InstanceIds.ExceedLimit', 403);
});

test('files are sent, and lie there with mode and owner', async () => {
  const file = { name: 'prescript.sh', targetDir: '/tmp', content: '#!/bin/sh\nexit 0\n', contentType: 'PlainText',
    fileMode: '0700', fileOwner: 'root', fileGroup: 'root', instanceId: ['i-mysql2'] };
  const sent = await ecs(sim).sendFile(new Ecs.SendFileRequest({ regionId, ...file }));
  assert.match(sent.body.invokeId, /^f-/);
  await sim.advance('10s');
  const results = (await ecs(sim).describeSendFileResults(new Ecs.DescribeSendFileResultsRequest({ regionId,
    invokeId: sent.body.invokeId }))).body;
  const [invocation] = results.invocations.invocation;
  assert.equal(invocation.invokeInstances.invokeInstance[0].invocationStatus, 'Success');
  assert.equal((await output('i-mysql2', "stat -c '%a %u %g %F|%n' -- '/tmp/prescript.sh'")).Output,
    '700 0 0 regular file|/tmp/prescript.sh\n');
  // Again without Overwrite: the file is there already, which only its item tells.
  const again = await call('SendFile', { Name: 'prescript.sh', TargetDir: '/tmp', Content: 'x', InstanceId: ['i-mysql2'] });
  await sim.advance('10s');
  const item = (await call('DescribeSendFileResults', { InvokeId: again.InvokeId })).Invocations.Invocation[0]
    .InvokeInstances.InvokeInstance[0];
  assert.deepEqual([item.InvocationStatus, item.ErrorCode], ['Failed', 'FileAlreadyExists']);
  await call('SendFile', { Name: 'prescript.sh', TargetDir: '/tmp', Content: Buffer.from('new').toString('base64'),
    ContentType: 'Base64', Overwrite: true, InstanceId: ['i-mysql2'] });
  await sim.advance('10s');
  assert.equal((await output('i-mysql2', 'cat /tmp/prescript.sh')).Output, 'new');
});

test('what sending files refuses', async () => {
  const send = (params) => call('SendFile', { Name: 'x', TargetDir: '/tmp', Content: 'x', InstanceId: ['i-mysql1'], ...params });
  await refused(send({ FileMode: '9999' }), 'FileMode.Invalid', 403);
  await refused(send({ ContentType: 'Base64', Content: '!!!' }), 'FileContent.DecodeError', 403);
  await refused(send({ Content: 'x'.repeat(40000) }), 'FileSize.ExceedLimit', 403);
  await refused(send({ InstanceId: ['i-nosuch'] }), 'InvalidInstance.NotFound', 404);
});

const trust = JSON.stringify({ Version: '1', Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow',
  Principal: { Service: ['ecs.aliyuncs.com'] } }] });

test('roles on instances: one each, and each item with its own fate', async () => {
  for (const RoleName of ['carried', 'another']) await pop(sim, 'ram').request('CreateRole', { RoleName, AssumeRolePolicyDocument: trust });
  const pair = { InstanceIds: JSON.stringify(['i-mysql1', 'i-mysql2']), RamRoleName: 'carried' };
  const made = await call('AttachInstanceRamRole', pair);
  assert.deepEqual([made.TotalCount, made.FailCount], [2, 0]);
  assert.ok(made.AttachInstanceRamRoleResults.AttachInstanceRamRoleResult.every((item) => item.Success && item.Code === '200'));
  const { body } = await ecs(sim).describeInstanceRamRole(new Ecs.DescribeInstanceRamRoleRequest({ regionId,
    instanceIds: '["i-mysql1","i-slow"]' }));
  const sets = Object.fromEntries(body.instanceRamRoleSets.instanceRamRoleSet.map((set) => [set.instanceId, set.ramRoleName]));
  assert.equal(sets['i-mysql1'], 'carried');
  assert.ok(!sets['i-slow']);
  const second = await call('AttachInstanceRamRole', { InstanceIds: '["i-mysql1","i-slow"]', RamRoleName: 'another' });
  assert.equal(second.FailCount, 1);
  const failed = second.AttachInstanceRamRoleResults.AttachInstanceRamRoleResult.find((item) => item.InstanceId === 'i-mysql1');
  assert.equal(failed.Success, false);
  const gone = await call('DetachInstanceRamRole', { InstanceIds: '["i-mysql1","i-mysql2"]', RamRoleName: 'carried' });
  assert.deepEqual([gone.TotalCount, gone.FailCount], [2, 0]);
  await call('DetachInstanceRamRole', { InstanceIds: '["i-slow"]', RamRoleName: 'another' });
  await refused(call('AttachInstanceRamRole', { ...pair, RamRoleName: 'nobody' }), 'InvalidRamRole.NotFound', 404);
  await pop(sim, 'ram').request('CreateRole', { RoleName: 'foreign', AssumeRolePolicyDocument: trust.replace('ecs.', 'oss.') });
  await refused(call('AttachInstanceRamRole', { ...pair, RamRoleName: 'foreign' }), 'InvalidRamRole.NotEcsRole', 404);
  await refused(call('AttachInstanceRamRole', { ...pair, InstanceIds: 'nonsense' }), /^InvalidParameter|^InvalidInstanceId|Malformed/);
});

test('a snapshot group is made, read and deleted', async () => {
  const params = { InstanceId: 'i-mysql1', Name: 'by-hand', Tag: [{ Key: 'why', Value: 'test' }], ClientToken: 'token-1' };
  const { SnapshotGroupId } = await call('CreateSnapshotGroup', params);
  assert.match(SnapshotGroupId, /^ssg-/);
  assert.equal((await call('CreateSnapshotGroup', params)).SnapshotGroupId, SnapshotGroupId);
  await refused(call('CreateSnapshotGroup', { ...params, Name: 'other' }), 'IdempotentParameterMismatch', 403);
  const group = await eventually(sim, async () => {
    const { body } = await ecs(sim).describeSnapshotGroups(new Ecs.DescribeSnapshotGroupsRequest({ regionId,
      snapshotGroupId: [SnapshotGroupId] }));
    const [found] = body.snapshotGroups.snapshotGroup;
    return found.status === 'accomplished' ? found : null;
  });
  assert.equal(group.snapshots.snapshot.length, 2);
  assert.equal(group.snapshots.snapshot[0].progress, '100%');
  assert.deepEqual(group.tags.tag.map((tag) => [tag.key, tag.value]), [['why', 'test']]);
  const snapshots = (await call('DescribeSnapshots', { SnapshotIds: JSON.stringify(group.snapshots.snapshot.map((s) => s.snapshotId)) }))
    .Snapshots.Snapshot;
  assert.deepEqual(ids(snapshots, 'SourceDiskId'), ['d-mysql1a', 'd-mysql1b']);
  assert.equal(typeof snapshots[0].SourceDiskSize, 'string');
  assert.match(snapshots[0].CreationTime, ISO);
  await call('DeleteSnapshotGroup', { SnapshotGroupId });
  await sim.advance('10s');
  assert.deepEqual((await call('DescribeSnapshotGroups', { SnapshotGroupId: [SnapshotGroupId] })).SnapshotGroups, { SnapshotGroup: [] });
});

test('what snapshot groups refuse', async () => {
  await refused(call('CreateSnapshotGroup', { InstanceId: 'i-nosuch' }), 'InvalidInstanceId.NotFound', 404);
  await refused(call('CreateSnapshotGroup', { InstanceId: 'i-slow' }), 'InvalidInstance.NoDisk', 403);
  await refused(call('CreateSnapshotGroup', { InstanceId: 'i-mysql1', DiskId: ['d-slowa'] }), 'InvalidDiskId.NotFound', 404);
});

test('a snapshot is made, read and deleted', async () => {
  const made = await ecs(sim).createSnapshot(new Ecs.CreateSnapshotRequest({ diskId: 'd-slowa', snapshotName: 'single' }));
  const { snapshotId } = made.body;
  assert.match(snapshotId, /^s-/);
  await sim.advance('10s');
  const [snapshot] = (await call('DescribeSnapshots', { SnapshotIds: JSON.stringify([snapshotId]) })).Snapshots.Snapshot;
  assert.deepEqual([snapshot.SnapshotName, snapshot.Status, snapshot.Progress, snapshot.Available], ['single', 'accomplished', '100%', true]);
  await call('DeleteSnapshot', { SnapshotId: snapshotId });
  assert.deepEqual((await call('DescribeSnapshots', { SnapshotIds: JSON.stringify([snapshotId]) })).Snapshots, { Snapshot: [] });
  await refused(call('DeleteSnapshot', { SnapshotId: snapshotId }), /NotFound/, 404);
});

test('tags are set, listed and taken away', async () => {
  await call('TagResources', { ResourceType: 'instance', ResourceId: ['i-stopped'], Tag: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }] });
  const list = async () => (await call('ListTagResources', { ResourceType: 'instance', ResourceId: ['i-stopped'] }))
    .TagResources.TagResource.map((tag) => `${tag.ResourceId} ${tag.TagKey}=${tag.TagValue}`).sort();
  assert.deepEqual(await list(), ['i-stopped a=1', 'i-stopped app=batch', 'i-stopped b=2']);
  const { body } = await ecs(sim).listTagResources(new Ecs.ListTagResourcesRequest({ regionId, resourceType: 'instance',
    tag: [new Ecs.ListTagResourcesRequestTag({ key: 'a', value: '1' })] }));
  assert.deepEqual(body.tagResources.tagResource.map((tag) => tag.resourceId), ['i-stopped', 'i-stopped', 'i-stopped'].slice(0, body.tagResources.tagResource.length));
  await call('UntagResources', { ResourceType: 'instance', ResourceId: ['i-stopped'], TagKey: ['a'] });
  assert.deepEqual(await list(), ['i-stopped app=batch', 'i-stopped b=2']);
  await refused(call('TagResources', { ResourceType: 'instance', ResourceId: ['i-nosuch'], Tag: [{ Key: 'a' }] }), /NotFound/, 404);
});

test('the generic client reads ECS lists as the typed one does', async () => {
  const answer = await generic(sim, 'ecs')('DescribeInstances', { query: { RegionId, 'Tag.1.Key': 'app', 'Tag.1.Value': 'windows' } });
  assert.deepEqual(ids(answer.Instances.Instance, 'InstanceId'), ['i-windows']);
  assert.equal(answer.Instances.Instance[0].OSType, 'windows');
});
