using System.Text.Json.Serialization;
using Castellan.Installation.Environments;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>What this installation is.</summary>
internal sealed class InstallationEndpoints(
    IDatabase database, EnvironmentDirectory environments, PublicAddress address) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<Nothing, InstallationView>(
            "installation.get", "GET", "/v1/installation", static _ => Nothing.Value, Get,
            InstallationJson.Wire.InstallationView)
        {
            Summary = "Read what this installation is: version, engine, environments, public address.",
            Grants = [Grants.AnyOperator], OnInstallation = true,
        },
    ];

    private ValueTask<InstallationView> Get(Call<Nothing> call) => new(new InstallationView(
        ServerVersion.Text, database.EngineName, [.. environments.Names.Order(StringComparer.Ordinal)],
        address.Base.AbsoluteUri));
}

/// <summary>
/// The installation as operators see it. <paramref name="Engine"/> is <c>sqlite</c> or <c>postgres</c>.
/// </summary>
internal sealed record InstallationView(
    string Version, string Engine, IReadOnlyList<string> Environments, string PublicUrl);

[JsonSerializable(typeof(InstallationView))]
[JsonSerializable(typeof(DataEnvironment))]
[JsonSerializable(typeof(ListOf<DataEnvironment>))]
internal sealed partial class InstallationJson : JsonSerializerContext
{
    public static InstallationJson Wire { get; } = new(Kernel.Wire.Options);
}
