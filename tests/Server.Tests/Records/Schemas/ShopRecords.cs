using Castellan.Kernel;

namespace Castellan.Tests.Records.Schemas;

/// <summary>A shop's catalog, and what is ordered from it.</summary>
internal sealed class ShopRecords(SchemaWorld world, SeededNumbers numbers)
{
    private int made;

    public async Task Fill()
    {
        await world.Give(world.Ida, "buyer");
        await world.Give(world.Dan, "dispatcher");
        var shelves = await world.Load(world.Ida, "categories", Categories(20, []));
        shelves = [.. shelves, .. await world.Load(world.Ida, "categories", Categories(40, shelves))];
        var products = await world.Load(world.Ida, "products", Products(700, shelves));
        products = [.. products, .. await world.Load(world.Key, "products", Products(300, shelves))];
        var variants = await world.Load(world.Key, "variants", Variants(2_000, products));

        await Buy(world.Ben, 800, variants);
        await Buy(world.Cleo, 500, variants);
        await Buy(world.Vic, 200, variants);
        var abroad = await world.Load(world.Ben, "customers", Customers(200), world.South);
        await world.Load(world.Ben, "orders", Orders(300, abroad), world.South);
        await world.Delete(world.Ida, "products", products.Take(700).Where((_, i) => i % 20 == 7));
    }

    /// <summary>Somebody who enters orders for people; the dispatcher takes the money.</summary>
    private async Task Buy(Caller user, int orders, List<string> variants)
    {
        var customers = await world.Load(user, "customers", Customers(orders * 4 / 3));
        var placed = await world.Load(user, "orders", Orders(orders, customers));
        await world.Load(user, "order_lines", Lines(orders * 3 / 2, placed, variants));
        await world.Load(world.Dan, "payments", Payments(orders / 2, placed));
    }

    private IEnumerable<object> Categories(int count, List<string> parents) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            slug = $"shelf-{++made}",
            name = numbers.Phrase(),
            rank = numbers.NumberOrNone(20, numbers.Below(9)),
            parent_id = parents.Count == 0 ? null : numbers.One(parents),
        });

    private IEnumerable<object> Products(int count, List<string> shelves) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            handle = $"product-{++made}",
            title = numbers.Phrase(),
            status = numbers.One("draft", "proposed", "published", "published", "published", "rejected"),
            discountable = numbers.NumberOrNone(20, numbers.Chance(70)),
            weight = numbers.NumberOrNone(30, numbers.Below(40) * 0.25),
            tags = numbers.OrNone(30, new[] { numbers.One(Draws.Words), numbers.One(Draws.Words) }),
            origin = numbers.OrNone(25, new
            {
                country = numbers.One(Draws.Countries), maker = new { name = numbers.One(Draws.Surnames) },
            }),
            category_id = numbers.OrNone(10, numbers.One(shelves)),
        });

    private IEnumerable<object> Variants(int count, List<string> products) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            sku = $"{numbers.One("SKU", "sku", "S_U", "Ä")}-{++made}",
            title = numbers.OrNone(20, numbers.One("Small", "Large", "Größe M", "100%")),
            price = numbers.NumberOrNone(5, numbers.Money(100)),
            stock = numbers.NumberOrNone(10, numbers.Below(40) - 5),
            backorder = numbers.Chance(30),
            options = numbers.OrNone(20, new
            {
                size = numbers.One("S", "M", "L"), colour = numbers.One("red", "grün", "青"), pack = numbers.Below(12),
            }),
            product_id = numbers.One(products),
        });

    private IEnumerable<object> Customers(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        email = $"buyer{++made}@shop.example",
        name = numbers.OrNone(10, $"{numbers.One(Draws.FirstNames)} {numbers.One(Draws.Surnames)}"),
        company = numbers.OrNone(70, numbers.One("Acme", "acme AG", "Łódź Sp.")),
        registered = numbers.Chance(60),
        address = numbers.OrNone(20, new { city = numbers.One(Draws.Cities), country = numbers.One(Draws.Countries) }),
    });

    private IEnumerable<object> Orders(int count, List<string> customers) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            number = ++made,
            status = numbers.One(
                "draft", "unconfirmed", "unfulfilled", "partially_fulfilled", "fulfilled", "returned", "canceled"),
            payment = numbers.One("pending", "paid", "refunded"),
            currency = numbers.One("EUR", "PLN", "JPY"),
            total = numbers.NumberOrNone(10, numbers.Money(300)),
            placed_at = numbers.OrNone(15, numbers.Hour(20)),
            gift = numbers.NumberOrNone(40, numbers.Chance(30)),
            note = numbers.OrNone(70, numbers.Phrase()),
            shipping = numbers.OrNone(25, new
            {
                method = numbers.One("post", "courier"),
                address = new { city = numbers.One(Draws.Cities), country = numbers.One(Draws.Countries) },
            }),
            customer_id = numbers.One(customers),
        });

    private IEnumerable<object> Lines(int count, List<string> orders, List<string> variants) =>
        Enumerable.Range(0, count).Select(_ => new
        {
            title = numbers.Phrase(),
            quantity = 1 + numbers.Below(5),
            fulfilled = numbers.NumberOrNone(30, numbers.Below(3)),
            unit_price = numbers.NumberOrNone(10, numbers.Money(80)),
            order_id = numbers.One(orders),
            variant_id = numbers.OrNone(20, numbers.One(variants)),
        });

    private IEnumerable<object> Payments(int count, List<string> orders) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            provider = numbers.One("card", "transfer", "invoice"),
            amount = numbers.Money(300),
            captured_at = numbers.OrNone(40, numbers.Hour(20)),
            provider_token = $"tok-{++made}",
            order_id = numbers.One(orders),
        });
}
