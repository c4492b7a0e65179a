using System.Collections.Concurrent;
using System.Text;
using AwesomeAssertions;
using Castellan.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Castellan.Tests.Installation;

public sealed class TelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_answer_programs_of_this_machine_in_the_prometheus_format()
    {
        await using var server = await TestServer.Start("--Telemetry:Metrics", "true");
        await server.Http.GetAsync("/v1/apps", Ct);

        var metrics = await server.Http.GetStringAsync("/metrics", Ct);

        metrics.Should().MatchRegex(
            "(?m)^castellan_gate_answers.*code=\"credential_required\".*operation=\"apps\\.list\".* [1-9]")
            .And.Contain("# TYPE castellan_gate_duration_seconds histogram")
            .And.Contain("# TYPE dotnet_gc_collections_total counter");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Host", "castellan.example")]
    public async Task Metrics_are_absent_through_a_proxy_and_for_pages(string header, string value)
    {
        await using var server = await TestServer.Start("--Telemetry:Metrics", "true");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await server.Http.SendAsync(request, Ct);

        ((int)answer.StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task Metrics_can_be_switched_off()
    {
        await using var server = await TestServer.Start("--Telemetry:Metrics", "false");

        ((int)(await server.Http.GetAsync("/metrics", Ct)).StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task Traces_reach_a_collector_and_continue_the_callers()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var received = new ConcurrentQueue<byte[]>();
        await using var collector = await Collect(received);
        await using var server = await TestServer.Start("--Telemetry:Otlp", collector.Urls.First());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/apps");
        request.Headers.Add("Authorization", "Bearer cas_op_nobody");
        request.Headers.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");

        using var answer = await server.Http.SendAsync(request, Ct);

        await Poll.Until(() => Task.FromResult(received.Any(export =>
            export.AsSpan().IndexOf(Convert.FromHexString(Trace)) >= 0
            && export.AsSpan().IndexOf(Encoding.UTF8.GetBytes("castellan")) >= 0)));
    }

    [Theory]
    [InlineData("--Telemetry:Otlp", "localhost:4317")]
    [InlineData("--Telemetry:TraceShare", "2")]
    public async Task A_setting_that_means_nothing_is_refused_at_the_start(string setting, string value)
    {
        var act = async () => await (await TestServer.Start(setting, value)).DisposeAsync();

        (await act.Should().ThrowAsync<UnsafeStartException>()).Which.Message.Should().Contain(value);
    }

    /// <summary>Takes what is exported by OTLP over gRPC, as a collector does.</summary>
    private static async Task<WebApplication> Collect(ConcurrentQueue<byte[]> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        var collector = builder.Build();
        collector.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            received.Enqueue(body.ToArray());
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync(Ct);
        return collector;
    }
}
