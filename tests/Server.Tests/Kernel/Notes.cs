using System.Text.Json.Serialization;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Kernel;

/// <summary>The smallest slice: operations that only tests have, some of them with a planted defect.</summary>
internal sealed class Notes : IEndpoints
{
    private const string Table = "create table note (id text primary key, text text not null);";

    /// <summary>Runs before the Change, where slow work belongs.</summary>
    public Func<Task> BeforeChange { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs inside of the Change's delegate.</summary>
    public Action InsideChange { get; set; } = () => { };

    public int Executed { get; private set; }

    public static async Task<(TestServer Server, Notes Notes)> Start(params string[] settings)
    {
        var notes = new Notes();
        var server = await TestServer.Start(notes.AddTo, settings);
        await server.Database.RunScript(Table, CancellationToken.None);
        return (server, notes);
    }

    public void AddTo(IServiceCollection services) => services.AddSingleton<IEndpoints>(this);

    public static ValueTask<List<string>> Stored(TestServer server) =>
        server.Database.Many($"select text from note order by id", row => row.Text());

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateNote, Note>("notes.create", "POST", "/v1/notes", CreateNote.Bind, Create, NotesJson.Wire.Note)
        {
            Summary = "Make a note.", Grants = [Grant.Key, Grant.Operator()], Status = 201,
        },
        new Read<GetNote, Note>("notes.get", "GET", "/v1/notes/{note}", GetNote.Bind, Get, NotesJson.Wire.Note)
        {
            Summary = "Read a note.", Grants = [Grant.Key, Grant.App],
        },
        new Write<CreateNote, Note>(
            "notes.create_unaudited", "POST", "/v1/unaudited", CreateNote.Bind, CreateUnaudited, NotesJson.Wire.Note)
        {
            Summary = "Make a note and tell nobody: the gate must refuse.", Grants = [Grant.Key],
        },
        new Write<CreateNote, Note>(
            "notes.refuse", "POST", "/v1/refused", CreateNote.Bind, CreateRefused, NotesJson.Wire.Note)
        {
            Summary = "Make a note and refuse.", Grants = [Grant.Key],
        },
        new Read<GetNote, Note>("notes.fail", "GET", "/v1/failing/{note}", GetNote.Bind, Fail, NotesJson.Wire.Note)
        {
            Summary = "Fail as nobody foresaw.", Grants = [Grant.Anyone],
        },
    ];

    private async ValueTask<Note> Create(WriteCall<CreateNote, Note> call)
    {
        await BeforeChange();
        return await call.Change(async change =>
        {
            Executed++;
            InsideChange();
            var note = await Insert(change, call.Input.Text);
            change.Audit(new Target("note", note.Id), Snapshot.None, Snapshot.Of(note, NotesJson.Wire.Note));
            change.Emit("note.created", new Target("note", note.Id), Snapshot.Of(note, NotesJson.Wire.Note));
            return note;
        });
    }

    private static ValueTask<Note> CreateUnaudited(WriteCall<CreateNote, Note> call) =>
        call.Change(change => Insert(change, call.Input.Text));

    private static ValueTask<Note> CreateRefused(WriteCall<CreateNote, Note> call) => call.Change(
        async change =>
        {
            var note = await Insert(change, call.Input.Text);
            change.Audit(new Target("note", note.Id), Snapshot.None, Snapshot.None);
            throw new Refusal(GateProblems.NotFound);
        });

    private static async ValueTask<Note> Insert(Change change, string text)
    {
        var note = new Note(EventId.New(change.Now).Value, text, 1);
        await change.Run($"insert into note (id, text) values ({note.Id}, {note.Text})");
        return note;
    }

    private static ValueTask<Note> Get(Call<GetNote> call) => call.Input.Note == "absent"
        ? throw new Refusal(GateProblems.NotFound)
        : new(new Note(call.Input.Note, "A \"note\" with 😀, ü and \u2028.", 7));

    private static ValueTask<Note> Fail(Call<GetNote> call) =>
        throw new InvalidOperationException("password=hunter2 at row 17");
}

internal sealed record Note(string Id, string Text, long Version) : IVersioned;

internal sealed record CreateNote(string Text, bool? Loud)
{
    public static CreateNote Bind(Input input) => new(input.Text("text", max: 200), input.BoolOrNull("loud"));
}

internal sealed record GetNote(string Note, Page Page)
{
    public static GetNote Bind(Input input) => new(input.PathWord("note"), input.Page());
}

[JsonSerializable(typeof(Note))]
internal sealed partial class NotesJson : JsonSerializerContext
{
    public static NotesJson Wire { get; } = new(Castellan.Kernel.Wire.Options);
}
