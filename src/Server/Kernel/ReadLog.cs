using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Reads by an operator in a user's stead: an audit entry each, in the scope of what was read, and no answer before it
/// is stored. What was denied, the log of denials says.
/// </summary>
internal sealed class ReadLog(IDatabase database, ChangeRecorder recorder, Sequencer sequencer)
{
    public async ValueTask Record(Invocation invocation)
    {
        var caller = invocation.Caller;
        var target = new Target("user", caller.User!.Value.Value) { User = caller.User };
        var read = new AuditRecord(
            target, Snapshot.None, Snapshot.None, $"Read as this user, {caller.Impersonation}.", Tenant: null);
        await database.Transact(Lanes.Of(invocation), async transaction =>
        {
            await recorder.WriteRead(transaction, invocation, read, invocation.Now);
            return true;
        });
        sequencer.Wake();
    }
}
