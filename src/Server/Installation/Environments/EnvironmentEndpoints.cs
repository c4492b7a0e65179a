using Castellan.Kernel;

namespace Castellan.Installation.Environments;

/// <summary>The environments, and what stops a whole one: all apps, users and keys in it at once.</summary>
internal sealed class EnvironmentEndpoints(EnvironmentStore store, EnvironmentDirectory directory, Stops stops)
    : IEndpoints
{
    private const string Route = "/v1/environments";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<Nothing, ListOf<DataEnvironment>>(
            "environments.list", "GET", Route, static _ => Nothing.Value, List,
            InstallationJson.Wire.ListOfDataEnvironment)
        {
            Summary = "List the environments, and which of them are stopped.",
            Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        Stopping("freeze", Freeze, "Make an environment read-only: writes and sign-ins are refused in all its apps.",
            Grant.Operator(OperatorRole.Admin)),
        Stopping("thaw", Thaw, "Let a frozen environment be written again.", Grant.Operator(OperatorRole.Admin)),
        Stopping("kill", Kill,
            "Refuse everything in an environment; its sessions, links and secret keys end for good.",
            Grant.Operator(OperatorRole.Admin)),
        Stopping("revive", Revive, "Let a killed environment run again; people sign in anew, servers get new keys.",
            Grant.Operator()),
    ];

    private static Write<StopEnvironment, DataEnvironment> Stopping(
        string verb, Func<WriteCall<StopEnvironment, DataEnvironment>, ValueTask<DataEnvironment>> handler,
        string summary, Grant grant) =>
        new($"environments.{verb}", "POST", $"{Route}/{{environment}}/{verb}", StopEnvironment.Bind, handler,
            InstallationJson.Wire.DataEnvironment)
        {
            Summary = summary, Grants = [grant], OnInstallation = true,
            Urgent = verb is "freeze" or "kill", Cost = verb == "kill" ? Platform.Storage.WriteCost.Heavy : default,
            Problems = [StopProblems.StopRefused],
        };

    private async ValueTask<ListOf<DataEnvironment>> List(Call<Nothing> call) =>
        new(await store.List(call.Installation, call.Aborted), NextCursor: null);

    private ValueTask<DataEnvironment> Freeze(WriteCall<StopEnvironment, DataEnvironment> call) =>
        Move(call, "environment.frozen", StopKind.Frozen, EnvironmentState.Active);

    private ValueTask<DataEnvironment> Thaw(WriteCall<StopEnvironment, DataEnvironment> call) =>
        Move(call, "environment.thawed", to: null, EnvironmentState.Frozen);

    private ValueTask<DataEnvironment> Kill(WriteCall<StopEnvironment, DataEnvironment> call) =>
        Move(call, "environment.killed", StopKind.Killed, EnvironmentState.Active, EnvironmentState.Frozen);

    private ValueTask<DataEnvironment> Revive(WriteCall<StopEnvironment, DataEnvironment> call) =>
        Move(call, "environment.revived", to: null, EnvironmentState.Killed);

    private ValueTask<DataEnvironment> Move(
        WriteCall<StopEnvironment, DataEnvironment> call, string fact, StopKind? to, params EnvironmentState[] from) =>
        call.Change(async change =>
        {
            var (name, reason) = call.Input;
            var before = await store.Lock(change, call.Installation, name);
            call.Request.RequireMatch(before);
            if (!from.Contains(before.State)) throw StopProblems.NotNow(name, before.Stop, Next(before.State));
            var after = before with
            {
                Stop = to is { } how ? Stop.Of(change, how, reason) : null,
                Version = before.Version + 1,
            };
            await store.Update(change, call.Installation, after);
            if (after.Stop is { } stop) await stops.Tell(change, after.Target, stop);
            directory.Forget(change, name);
            var type = InstallationJson.Wire.DataEnvironment;
            change.Audit(after.Target, Snapshot.Of(before, type), Snapshot.Of(after, type), reason);
            change.Emit(fact, after.Target, Snapshot.Of(after, type));
            return after;
        });

    private static string Next(EnvironmentState state) => state switch
    {
        EnvironmentState.Frozen => "Let it be written again with environments.thaw, or stop it with environments.kill.",
        EnvironmentState.Killed => "An owner lets it run again with environments.revive.",
        _ => "Nothing is to be done. environments.freeze and environments.kill stop it.",
    };
}
