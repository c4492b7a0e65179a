namespace Castellan.Tests.Records.Schemas;

public sealed class ShopTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Its_questions_are_answered_as_plain_SQL_answers_them()
    {
        await using var world = await SchemaWorld.Start("shop");
        await world.Fill(output, numbers => new ShopRecords(world, numbers).Fill());
        await new Answers(world, output).Judge(new ShopQuestions(world).All, closed: "orders");
        await Plans.RequireNoScan(world, "products", output);
    }
}
