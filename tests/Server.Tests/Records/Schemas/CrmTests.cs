namespace Castellan.Tests.Records.Schemas;

public sealed class CrmTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_questions_are_answered_as_plain_SQL_answers_them()
    {
        await using var world = await SchemaWorld.Start("crm");
        await world.Fill(output, numbers => new CrmRecords(world, numbers).Fill());
        await new Answers(world, output).Judge(new CrmQuestions(world).All, closed: "deals");
        await Plans.RequireNoScan(world, "contacts", output);
    }
}
