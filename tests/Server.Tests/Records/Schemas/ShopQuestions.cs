namespace Castellan.Tests.Records.Schemas;

/// <summary>What buyers, packers and customers of a shop ask.</summary>
internal sealed class ShopQuestions(SchemaWorld w)
{
    public IReadOnlyList<Question> All => [.. Catalog, .. Stock, .. Orders, .. Lines];

    private IEnumerable<Question> Catalog =>
    [
        new("the shelves, for who is not signed in to the tenant", "categories", w.Eve,
            """{"filter": {"rank": {"lte": 4}}, "sort": "-rank,name"}""",
            $"""
            select id from {w["categories"]} where tenant_id = {w.North} and deleted_at is null and rank <= 4
            order by rank desc nulls last, name nulls first, id
            """) { Page = 3 },
        new("published products by title, for a member", "products", w.Ben,
            """{"sort": "title,-weight", "select": ["title", "handle"]}""",
            $"""
            select id from {w["products"]} where tenant_id = {w.North} and deleted_at is null and status = 'published'
            order by title nulls first, weight desc nulls last, id desc
            """) { Page = 70 },
        new("what a buyer has still to look through", "products", w.Ida,
            """{"filter": {"or": [{"status": "draft"}, {"status": "proposed"}]}, "sort": "status,title"}""",
            $"""
            select id from {w["products"]} where tenant_id = {w.North} and deleted_at is null
                and status in ('draft', 'proposed')
            order by status nulls first, title nulls first, id
            """),
        new("drafts, which a member does not see", "products", w.Ben,
            """{"filter": {"status": "draft"}}""",
            $"select id from {w["products"]} where status = 'draft' and status = 'published'") { FindsNothing = true },
        new("products with an underscore in their title", "products", w.Cleo,
            """{"filter": {"title": {"icontains": "A_B"}}, "sort": "-updated_at,handle"}""",
            $"""
            select id from {w["products"]} where tenant_id = {w.North} and deleted_at is null
                and lower(title) like '%a!_b%' escape '!' and status = 'published'
            order by updated_at desc, handle nulls first, id
            """),
        new("products that a maker in Poland makes", "products", w.Ida,
            """
            {"filter": {"origin.maker.name": {"prefix": "Łuk"}, "origin.country": {"ne": "DE"}},
             "sort": "weight"}
            """,
            $"""
            select id from {w["products"]} where tenant_id = {w.North} and deleted_at is null
                and substr(origin -> 'maker' ->> 'name', 1, 3) = 'Łuk'
                and (origin ->> 'country' is null or origin ->> 'country' <> 'DE')
            order by weight nulls first, id
            """),
    ];

    private IEnumerable<Question> Stock =>
    [
        new("variants that are sold out and not on back order", "variants", w.Vic,
            """{"filter": {"stock": {"lte": 0}, "backorder": false}, "sort": "stock,-price"}""",
            $"""
            select id from {w["variants"]} where tenant_id = {w.North} and deleted_at is null
                and stock <= 0 and not backorder
            order by stock nulls first, price desc nulls last, id desc
            """) { Page = 60 },
        new("small red packs of ten", "variants", w.Ben,
            """
            {"filter": {"options.pack": {"gte": 10}, "options.colour": {"in": ["red", "青"]},
                        "not": {"options.size": "L"}},
             "sort": "sku"}
            """,
            $"""
            select id from {w["variants"]} where tenant_id = {w.North} and deleted_at is null
                and cast(options ->> 'pack' as integer) >= 10 and options ->> 'colour' in ('red', '青')
                and options ->> 'size' <> 'L'
            order by sku nulls first, id
            """),
        new("variants that nobody has ever ordered, for who sees all orders", "variants", w.Dan,
            """{"where": "!record.sold.exists(l, l.quantity >= 1) && record.price < 10.0", "sort": "price"}""",
            $"""
            select v.id from {w["variants"]} v where v.tenant_id = {w.North} and v.deleted_at is null and v.price < 10
                and not exists (select 1 from {w["order_lines"]} l
                    where l.variant_id = v.id and l.tenant_id = v.tenant_id and l.deleted_at is null)
            order by v.price nulls first, v.id
            """),
        new("variants of published products of one shelf", "variants", w.Cleo,
            """
            {"where": "record.product.status == 'published' && record.product.category.rank == 3 && record.stock > 20",
             "sort": "-stock"}
            """,
            $"""
            select v.id from {w["variants"]} v
                join {w["products"]} p on p.id = v.product_id and p.tenant_id = v.tenant_id and p.deleted_at is null
                join {w["categories"]} c on c.id = p.category_id and c.tenant_id = p.tenant_id
            where v.tenant_id = {w.North} and v.deleted_at is null and p.status = 'published' and c.rank = 3
                and v.stock > 20
            order by v.stock desc nulls last, v.id desc
            """),
    ];

    private IEnumerable<Question> Orders =>
    [
        new("orders over an amount that wait, for a dispatcher", "orders", w.Dan,
            """
            {"filter": {"total": {"gt": 200}, "status": {"in": ["unfulfilled", "partially_fulfilled"]},
                        "payment": "paid"},
             "sort": "-placed_at,number"}
            """,
            $"""
            select id from {w["orders"]} where tenant_id = {w.North} and deleted_at is null
                and total > 200 and status in ('unfulfilled', 'partially_fulfilled') and payment = 'paid'
            order by placed_at desc nulls last, number nulls first, id
            """) { Page = 15 },
        new("orders of buyers from one company, for who entered them", "orders", w.Ben,
            """
            {"where": "record.customer.company == 'Acme' || record.customer.company == 'acme AG'",
             "sort": "-total"}
            """,
            $"""
            select o.id from {w["orders"]} o
                join {w["customers"]} c on c.id = o.customer_id and c.tenant_id = o.tenant_id
            where o.tenant_id = {w.North} and o.deleted_at is null and c.company in ('Acme', 'acme AG')
                and o.owner_id = {w.Ben.User}
            order by o.total desc nulls last, o.id desc
            """) { Page = 40 },
        new("presents of the week with a note", "orders", w.Dan,
            """
            {"filter": {"gift": {"ne": false}, "note": {"is_null": false},
                        "placed_at": {"gte": "2030-01-12T00:00:00Z", "lte": "2030-01-18T23:59:59Z"}},
             "sort": "placed_at"}
            """,
            $"""
            select id from {w["orders"]} where tenant_id = {w.North} and deleted_at is null
                and (gift is null or gift) and note is not null
                and placed_at >= {SchemaWorld.Noon.AddHours(-84)} and placed_at < {SchemaWorld.Noon.AddHours(84)}
            order by placed_at nulls first, id
            """),
        new("my orders to Tokyo", "orders", w.Vic,
            """{"filter": {"shipping.address.city": "東京"}, "sort": "number"}""",
            $"""
            select id from {w["orders"]} where tenant_id = {w.North} and deleted_at is null
                and shipping -> 'address' ->> 'city' = '東京' and owner_id = {w.Vic.User}
            order by number nulls first, id
            """),
        new("orders of others, for an owner without that permission", "orders", w.Ada,
            "{}", $"select id from {w["orders"]} where owner_id = {w.Ada.User}") { FindsNothing = true },
        new("my orders in the other shop", "orders", w.Ben,
            """{"filter": {"number": {"not_in": [1, 2, 3]}, "currency": "JPY"}, "sort": "status,-number"}""",
            $"""
            select id from {w["orders"]} where tenant_id = {w.South} and deleted_at is null
                and number not in (1, 2, 3) and currency = 'JPY' and owner_id = {w.Ben.User}
            order by status nulls first, number desc nulls last, id desc
            """) { Tenant = w.South },
    ];

    private IEnumerable<Question> Lines =>
    [
        new("lines of my orders that are not sent", "order_lines", w.Cleo,
            """
            {"where": "record.order.status == 'unfulfilled' && record.quantity > 2",
             "sort": "order_id,unit_price"}
            """,
            $"""
            select l.id from {w["order_lines"]} l
                join {w["orders"]} o on o.id = l.order_id and o.tenant_id = l.tenant_id
            where l.tenant_id = {w.North} and l.deleted_at is null and o.status = 'unfulfilled' and l.quantity > 2
                and o.owner_id = {w.Cleo.User}
            order by l.order_id nulls first, l.unit_price nulls first, l.id
            """),
        new("dear lines for buyers in Germany, for a dispatcher", "order_lines", w.Dan,
            """
            {"where": "record.unit_price >= 60.0 && record.order.customer.address.country == 'DE'",
             "sort": "-unit_price,title"}
            """,
            $"""
            select l.id from {w["order_lines"]} l
                join {w["orders"]} o on o.id = l.order_id and o.tenant_id = l.tenant_id
                join {w["customers"]} c on c.id = o.customer_id and c.tenant_id = o.tenant_id
            where l.tenant_id = {w.North} and l.deleted_at is null and l.unit_price >= 60
                and c.address ->> 'country' = 'DE'
            order by l.unit_price desc nulls last, l.title nulls first, l.id
            """) { Page = 17 },
        new("orders with a large payment by card", "orders", w.Dan,
            """{"where": "record.payments.exists(p, p.provider == 'card' && p.amount > 100.0)", "sort": "number"}""",
            $"""
            select o.id from {w["orders"]} o where o.tenant_id = {w.North} and o.deleted_at is null
                and exists (select 1 from {w["payments"]} p where p.order_id = o.id and p.tenant_id = o.tenant_id
                    and p.deleted_at is null and p.provider = 'card' and p.amount > 100)
            order by o.number nulls first, o.id
            """),
        new("payments, for somebody who may not see them", "payments", w.Ben,
            "{}", $"select id from {w["payments"]} where false") { FindsNothing = true },
    ];
}
