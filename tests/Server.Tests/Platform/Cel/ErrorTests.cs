using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>What is said to who writes a rule: where it is wrong, what is wrong, what to write.</summary>
public sealed class ErrorTests
{
    /// <summary>Signs and words of other languages.</summary>
    private static readonly (string, string, string, string?)[] Words =
    [
        ("owner = true", "1:7", "'='", "'=='"),
        ("owner === true", "1:7", "'==='", "'=='"),
        ("owner !== true", "1:7", "'!=='", "'!='"),
        ("record.estimate <> 3", "1:17", "'<>'", "'!='"),
        ("record.estimate => 3", "1:17", "'=>'", "'>='"),
        ("owner & owner", "1:7", "'&'", "'&&'"),
        ("owner | owner", "1:7", "'|'", "'||'"),
        ("owner and owner", "1:7", "'and'", "'&&'"),
        ("owner OR owner", "1:7", "'OR'", "'||'"),
        ("not owner", "1:1", "'not'", "'!'"),
        ("not (owner)", "1:1", "'not'", "'!'"),
        ("record.estimate += 1", "1:17", "assign", "'+'"),
        ("x := 1", "1:3", "assign", "'=='"),
        ("owner; owner", "1:6", "';'", "'&&'"),
        ("record?.title == ''", "1:7", "'?.'", "has(a.b)"),
        ("record.title == “a”", "1:17", "quote", "straight"),
        ("if (owner) true", "1:1", "reserved", "a : b"),
        ("record.title like 'a'", "1:14", "'like'", "matches"),
    ];

    /// <summary>Ends that are missing.</summary>
    private static readonly (string, string, string, string?)[] Ends =
    [
        ("", "1:1", "empty", null),
        ("// nothing", "1:1", "empty", null),
        ("(owner", "1:1", "never closed", null),
        ("record.tags.exists(x, x == 'a'", "1:19", "never closed", null),
        ("record.title == 'abc", "1:17", "not closed", null),
        ("owner &&", "1:9", "Expected a value", null),
        ("owner owner", "1:7", "Expected an operator", null),
        ("owner)", "1:6", "Expected an operator", null),
        ("owner in (1, 2)", "1:12", "','", "square brackets"),
        ("record.", "1:8", "name of a field", null),
        ("owner\n  &&\n  = true", "3:3", "'='", null),
        ("'😀' == é", "1:8", "means nothing", null),
        ("'\\q'", "1:2", "escape", null),
        ("12abc", "1:1", "cannot follow a number", null),
        ("9223372036854775808", "1:1", "too large for an int", null),
        ("Task{title: 'a'}", "1:5", "do not make objects", "{'key'"),
        ("has(record)", "1:1", "one field", "has(record.field)"),
        ("record.tags.all('x', true)", "1:17", "variable first", "all(x"),
    ];

    /// <summary>Names.</summary>
    private static readonly (string, string, string, string?)[] Names =
    [
        ("ownr", "1:1", "no variable 'ownr'", "'owner'"),
        ("recrod.title == 'a'", "1:1", "no variable 'recrod'", "'record'"),
        ("tenant_role", "1:1", "no variable", "function: tenant_role(...)"),
        ("record.titel == 'a'", "1:8", "task has no field 'titel'", "'title'"),
        ("record.project.ownerid == 'a'", "1:16", "project has no field", "'owner_id'"),
        ("record.tags.size == 1", "1:13", "list has no field", "exists"),
        ("record.title.size == 1", "1:14", "no fields", "method: .size(...)"),
        ("tenant_rol('admin')", "1:1", "no function 'tenant_rol'", "'tenant_role'"),
        ("tenant_role('edtor')", "1:13", "no role 'edtor'", "'editor'"),
        ("record.title.startWith('a')", "1:14", "no method 'startWith'", "'startsWith'"),
        ("record.title.length() == 3", "1:14", "no method 'length'", "size()"),
        ("record.tags.any(x, x == 'a')", "1:13", "no method 'any'", "exists(x"),
        ("startsWith(record.title, 'a')", "1:1", "no function", "x.startsWith(...)"),
        ("record.title.tenant_role()", "1:14", "no method", "tenant_role(...)"),
    ];

    /// <summary>Types.</summary>
    private static readonly (string, string, string, string?)[] Types =
    [
        ("record.estimate == 'a'", "1:17", "int and string are never equal", "string(x)"),
        ("record.estimate + 1.0 == 2.0", "1:17", "'+' does not take int and double", "double(x)"),
        ("record.title + 1 == ''", "1:14", "'+' does not take string and int", "string(x)"),
        ("record.title && owner", "1:14", "'&&' does not take string and bool", "bool && bool"),
        ("!record.title", "1:1", "'!' does not take string", null),
        ("record.due < '2030-01-01'", "1:12", "'<' does not take timestamp or null and string", "timestamp('"),
        ("record.title == null", "1:14", "string is never null", "Leave"),
        ("1 < record.estimate < 3", "1:21", "'<' does not take bool and int", "a < b && b < c"),
        ("tenant_role(1)", "1:1", "'tenant_role' does not take (int)", "tenant_role(string)"),
        ("record.title.contains(1)", "1:14", "'contains' of string does not take (int)",
        "string.contains(string)"),
        ("record.tags[owner] == ''", "1:12", "no index of type bool", null),
        ("record.title in 'abc'", "1:14", "'in' does not take", null),
        ("record.estimate in ['a']", "1:17", "'in' does not take", null),
        ("owner ? 1 : 'a'", "1:7", "one type", null),
        ("1 ? true : false", "1:3", "must be bool", null),
        ("record.estimate.exists(x, true)", "1:17", "over a list", null),
        ("record.tags.exists(x, x)", "1:23", "condition must be bool", null),
        ("{1.5: true}[1]", "1:2", "key", null),
        ("record.project == record.project", "1:16", "Objects", "id"),
        ("record.title", "1:8", "must result in bool", "Compare"),
        ("record.title.matches('(')", "1:22", "pattern", null),
        ("record.due < timestamp('2030')", "1:24", "no time", "2030-01-31"),
        ("now - duration('1 day') > now", "1:16", "no duration", "24h"),
    ];

    public static TheoryData<string, string, string, string?> All => [.. Words, .. Ends, .. Names, .. Types];

    [Theory]
    [MemberData(nameof(All))]
    public void Says_where_and_what_and_how(string source, string where, string what, string? hint)
    {
        var compiled = Worlds.Rules.Compile(source);
        Assert.Null(compiled.Program);
        var error = compiled.Errors[0];
        Assert.True($"{error.Line}:{error.Column}" == where, $"{error}");
        Assert.True(error.Message.Contains(what, StringComparison.Ordinal), $"{error}");
        Assert.True(hint is null || error.Hint?.Contains(hint, StringComparison.Ordinal) == true, $"{error}");
    }

    [Fact]
    public void Faults_that_have_nothing_to_do_with_each_other_are_all_said_in_the_order_of_the_source()
    {
        var errors =
            Worlds.Rules.Compile("recrod.title == 'a' &&\n record.estimate > 'x' || tenant_role('edtor')").Errors;
        Assert.Equal(["1:1", "2:18", "2:39"], errors.Select(e => $"{e.Line}:{e.Column}"));
    }

    [Fact]
    public void A_wrong_word_is_read_as_what_it_means_so_that_the_next_one_is_found_too()
    {
        var errors = Worlds.Rules.Compile("owner and not owner or owner = true").Errors;
        Assert.Equal(["1:7", "1:11", "1:21", "1:30"], errors.Select(e => $"{e.Line}:{e.Column}"));
    }

    [Fact]
    public void Never_more_errors_than_anyone_reads()
    {
        var source = string.Join(" || ", Enumerable.Range(0, 100).Select(i => $"unknown{i}"));
        Assert.Equal(CelLimits.Default.Errors, Worlds.Rules.Compile(source).Errors.Count);
    }

    [Theory]
    [InlineData("record.project.owner_id == 'a'", "1:16")]
    [InlineData("record.due < now", "1:12")]
    [InlineData("owner &&\n  record.done", "1:7")]
    [InlineData("request.missing == 1", "1:9")]
    [InlineData("1 / (record.estimate - 3) > 0", "1:3")]
    public void An_evaluation_says_where_it_failed(string source, string where)
    {
        var error = Worlds.Rules.Compile(source).Program!.Evaluate(new Row());
        Assert.True(error.IsError);
        Assert.Equal(where, $"{error.AsError.Line}:{error.AsError.Column}");
    }
}
