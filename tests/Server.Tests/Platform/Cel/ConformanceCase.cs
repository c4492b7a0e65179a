using System.Text.Json.Nodes;
using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>One case of the specification's tests, and what became of it.</summary>
internal sealed record ConformanceCase(string File, string Section, JsonNode Test)
{
    public string Name => $"{File}/{Section}/{Test["name"]}";

    /// <summary>Null, or what was wrong.</summary>
    public string? Run()
    {
        var compiled = Environment().Compile(Test["expr"]!.ToString());
        if (compiled.Program is not { } program)
            return Test["evalError"] is null ? $"not compiled: {string.Join(" ", compiled.Errors)}" : null;
        if (Test["typedResult"]?["deducedType"] is { } deduced && program.ResultType != ConformanceValues.Type(deduced))
            return $"type {program.ResultType} instead of {ConformanceValues.Type(deduced)}";
        if (Test["checkOnly"]?.GetValue<bool>() == true) return null;
        var result = program.Evaluate(new Bindings(this, program.Environment));
        if (Test["evalError"] is not null) return result.IsError ? null : $"{result} instead of an error";
        var expected = (Test["value"] ?? Test["typedResult"]?["result"]) is { } value
            ? ConformanceValues.Value(value)
            : CelValue.True;
        return ConformanceValues.AreSame(expected, result) ? null : $"{result} instead of {expected}";
    }

    private CelEnvironment Environment()
    {
        var declared = (Test["typeEnv"]?.AsArray() ?? []).Select(d => d!).ToArray();
        var variables = declared.Where(d => d["ident"] is not null)
            .Select(d => new CelVariable(d["name"]!.ToString(), ConformanceValues.Type(d["ident"]!["type"]!))).ToList();
        var bound = Test["bindings"]?.AsObject().Select(b => b.Key) ?? [];
        variables.AddRange(bound.Except(variables.Select(v => v.Name)).Select(name =>
            new CelVariable(name, CelType.Dyn)));
        var functions = declared.Where(d => d["function"] is not null).SelectMany(Functions).ToArray();
        return new(variables, functions)
        {
            Container = Test["container"]?.ToString() ?? "",
            ChecksTypes = Test["disableCheck"]?.GetValue<bool>() != true,
        };
    }

    private static IEnumerable<CelFunction> Functions(JsonNode declared) =>
        from overload in declared["function"]!["overloads"]!.AsArray()
        select new CelFunction(
            declared["name"]!.ToString(),
            [.. (overload["params"]?.AsArray() ?? []).Select(p => ConformanceValues.Type(p!))],
            ConformanceValues.Type(overload["resultType"]!),
            (_, _) => CelValue.Fail("Only its type is declared."))
        {
            IsMethod = overload["isInstanceFunction"]?.GetValue<bool>() == true,
        };

    private sealed class Bindings(ConformanceCase owner, CelEnvironment environment) : ICelActivation
    {
        public CelValue Variable(int index)
        {
            var name = environment.Variables[index].Name;
            return owner.Test["bindings"]?[name]?["value"] is { } value
                ? ConformanceValues.Value(value)
                : CelValue.Fail($"'{name}' has no value.");
        }
    }
}
