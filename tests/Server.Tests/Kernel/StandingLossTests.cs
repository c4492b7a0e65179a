using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Audit;
using Castellan.Tests.Operators;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Kernel;

/// <summary>Who loses the right to write while the write is under way does not write.</summary>
public sealed class StandingLossTests
{
    [Fact]
    public async Task A_key_that_is_revoked_while_its_body_comes_writes_nothing()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        notes.BeforeChange = () => server.InProcess.Call(InProcess.Owner, "keys.revoke",
            path: new { app = who.App.Value, environment = "sandbox", key = who.Key.Value },
            body: new { reason = "a test" });

        var answer = await server.InProcess.Invoke(
            who.Caller with { Credential = who.Key.Value }, "notes.create", body: new { text = "late" });

        answer.Problem!.Type.Should().Be(GateProblems.CredentialInvalid);
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("demoted", "permission_denied")]
    [InlineData("signed out", "credential_invalid")]
    public async Task An_operator_who_is_stopped_while_the_body_comes_writes_nothing(string how, string code)
    {
        await using var server = await TestServer.Start();
        using var staff = await server.SignedInOperator("admin");
        var (_, me) = await staff.Send(HttpMethod.Get, "/v1/operators/me");
        using var slow = await SlowRequest.Begin(
            server.Address, "POST /v1/apps", staff.DefaultRequestHeaders.Authorization!.Parameter!,
            """{"name":"Late","owner":"ops"}""");

        if (how == "demoted")
            await server.InProcess.Call(InProcess.Owner, "operators.update",
                path: new { @operator = me["id"]!.ToString() }, body: new { role = "billing" });
        else
            (await staff.Send(HttpMethod.Post, "/v1/operators/sign-out")).Status.Should().BeInRange(200, 204);

        (await slow.Finish()).Should().Contain($"\"code\":\"{code}\"");
        (await server.Database.Many($"select id from app", row => row.Text(), TestContext.Current.CancellationToken))
            .Should().BeEmpty();
    }

    [Fact]
    public async Task A_change_waits_for_nobody_who_loads_its_user_into_memory()
    {
        await using var world = await TenantWorld.Start(CountedDatabase.AddTo);
        var ada = await world.User("ada");
        var loading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CountedDatabase.Of(world.Server).BeforeOne = text =>
        {
            if (!text.Contains("from user_account", StringComparison.Ordinal)) return Task.CompletedTask;
            loading.TrySetResult();
            return goOn.Task;
        };

        var reading = world.Call(ada, "me.get");
        await loading.Task;
        await world.Server.Record(ada, "things.change", "thing-1");
        goOn.SetResult();

        (await reading)["email"]!.ToString().Should().Be("ada@example.com");
        (await world.Texts($"select target_id from audit_entry where action = {"things.change"}"))
            .Should().Equal("thing-1");
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_write_that_waited_for_a_lock_asks_again_whether_it_may()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = world.Server.Database.Transact(async transaction =>
        {
            var locked = await transaction.One(
                $"select id from tenant where id = {tenant} {transaction.ForUpdate}", row => row.Text());
            held.SetResult();
            await release.Task;
            return locked;
        }).AsTask();
        await held.Task;

        var late = world.Code(ada, "tenants.update", new { tenant }, new { name = "Late" });
        await Poll.Until(async () => await world.Server.Database.One(
            $"select pid::text from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
            row => row.Text()) is not null);
        await world.Server.InProcess.Call(InProcess.Owner, "apps.transition",
            path: new { app = world.App.Value }, body: new { state = "frozen", reason = "a test" });
        release.SetResult();
        await holder;

        (await late).Should().Be("app_frozen");
        (await world.Texts($"select name from tenant where id = {tenant}")).Should().Equal("Acme");
    }
}

/// <summary>
/// A request whose body waits: the server has asked for it (100 Continue), so it has let the caller in.
/// </summary>
internal sealed class SlowRequest(TcpClient connection, byte[] body) : IDisposable
{
    public static async Task<SlowRequest> Begin(
        Uri server, string request, string bearer, string body, params (string Name, string Value)[] headers)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port);
        var bytes = Encoding.UTF8.GetBytes(body);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{request} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {bearer}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {bytes.Length}\r\n"
            + string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"))
            + "Expect: 100-continue\r\nConnection: close\r\n\r\n"));
        var answer = new byte[512];
        var length = await connection.GetStream().ReadAsync(answer);
        Encoding.ASCII.GetString(answer, 0, length).Should().StartWith("HTTP/1.1 100");
        return new SlowRequest(connection, bytes);
    }

    public async Task<string> Finish()
    {
        await connection.GetStream().WriteAsync(body);
        using var reader = new StreamReader(connection.GetStream(), Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => connection.Dispose();
}
