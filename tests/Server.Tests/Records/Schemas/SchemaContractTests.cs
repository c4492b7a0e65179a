using System.Text.Json.Nodes;
using AwesomeAssertions;

namespace Castellan.Tests.Records.Schemas;

public sealed class SchemaContractTests
{
    /// <summary>With the number of collections.</summary>
    public static TheoryData<string, int> Products => new()
    {
        { "crm", 5 }, { "shop", 7 }, { "booking", 6 }, { "board", 7 }, { "desk", 6 },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public async Task A_contract_is_planned_applied_once_and_given_back(string product, int collections)
    {
        await using var world = await SchemaWorld.Start(product, apply: false);

        var plan = await world.Plan();
        var applied = await world.Apply();
        var again = await world.Apply();
        var later = await world.Plan();
        var exported = await world.Tenants.Call(
            InProcess.Owner, "contracts.get", new { app = world.Tenants.App.Value });

        Kinds(plan).Where(kind => kind == "add_collection").Should().HaveCount(collections);
        plan["steps"]!.AsArray().Should().OnlyContain(s => s!["risk"]!.ToString() == "safe" || IsPublic(s));
        applied["changed"]!.GetValue<bool>().Should().BeTrue();
        again["changed"]!.GetValue<bool>().Should().BeFalse();
        again["version"]!.GetValue<long>().Should().Be(1);
        Kinds(later).Should().BeEmpty();
        JsonNode.DeepEquals(exported["document"], JsonNode.Parse(world.Contract)).Should().BeTrue();
    }

    private static IEnumerable<string> Kinds(JsonObject plan) =>
        plan["steps"]!.AsArray().Select(step => step!["kind"]!.ToString());

    /// <summary>The shop's shelves are open to everybody.</summary>
    private static bool IsPublic(JsonNode step) => step["risk"]!.ToString() == "opens"
        && step["object"]!.ToString().StartsWith("categories", StringComparison.Ordinal);
}
