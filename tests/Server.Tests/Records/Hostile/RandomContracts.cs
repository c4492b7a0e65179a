using Castellan.Kernel;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Contracts by chance: collections that refer to earlier ones and to themselves, with every kind of field, and rules
/// of every kind that there is.
/// </summary>
internal sealed class RandomContracts(SeededNumbers random)
{
    private static readonly string[] Words = ["list", "read", "create", "update", "delete"];
    private static readonly string[] OnDelete = ["set_null", "cascade", "restrict"];
    private static readonly Kind[] Kinds = [Kind.Whole, Kind.Number, Kind.Flag, Kind.Time, Kind.Choice, Kind.Json];

    private static readonly Term[] Facts =
    [
        new Fact("tenant_member", by => by.Role is not null),
        new Fact("tenant_role('member')", by => by.Role >= TenantRole.Member),
        new Fact("tenant_role('admin')", by => by.Role >= TenantRole.Admin),
        new Fact("role('clerk')", by => by.Roles.Contains("clerk")),
        new Fact("can('judge.act')", by => by.Roles.Contains("judge")),
        new Fact("caller.kind == 'key'", by => by.Kind is CallerKind.Key),
        new Fact("caller.tenant_role != 'viewer'", by => by.Role is not TenantRole.Viewer),
    ];

    public ContractShape Next()
    {
        var collections = new List<CollectionShape>();
        for (var i = 0; i < 3 + random.Below(3); i++) collections.Add(Collection(i, collections));
        var contract = new ContractShape(collections);
        foreach (var shape in collections)
        {
            foreach (var word in Words)
            {
                if (Law(contract, shape, word) is { } law) shape.Laws[word] = law;
            }
        }
        // There is always something that is locked for everybody.
        if (collections.TrueForAll(shape => shape.Laws.Count == Words.Length))
            collections[random.Below(collections.Count)].Laws.Remove(Pick("list", "read", "create", "delete"));
        return contract;
    }

    private CollectionShape Collection(int number, List<CollectionShape> before)
    {
        var fields = new List<FieldShape> { new("f0", Kind.Mark, Required: Chance(2)), new("f1", Kind.Choice) };
        for (var i = 2; i < 4 + random.Below(4); i++) fields.Add(new($"f{i}", Kinds[random.Below(Kinds.Length)]));
        if (Chance(2)) fields.Add(new("s0", Kind.Secret));
        var references = new List<ReferenceShape>();
        for (var i = 0; i < random.Below(3) && number > 0; i++)
        {
            var at = Math.Min(number, random.Below(number + 2));
            references.Add(new ReferenceShape(
                $"r{i}_id", at == number ? $"c{number}" : before[at].Name, $"r{i}", Chance(4) ? null : $"b{number}{i}",
                OnDelete[random.Below(OnDelete.Length)]));
        }
        // One chain, so that rules can go as far as they may.
        if (references.Count == 0 && number > 0)
            references.Add(new ReferenceShape("r0_id", before[^1].Name, "r0", $"b{number}0", "set_null"));
        fields.AddRange(references.Select(r => new FieldShape(r.Field, Kind.Reference)));
        string[][] unique = random.Below(3) switch
        {
            0 => [],
            1 => [["f0"]],
            _ => [["f0"], ["f1", fields[^1].Kind is Kind.Reference ? "r0_id" : "f0"]],
        };
        var workspace = Pick("none", "none", "optional", "required");
        return new CollectionShape(
            $"c{number}", fields, references, unique, workspace, SoftDelete: !Chance(3), WantsIfMatch: Chance(5));
    }

    private Law? Law(ContractShape contract, CollectionShape shape, string word)
    {
        var chance = random.Below(24);
        if (chance == 0) return null;
        if (chance is 1 or 2) return new Law(null);
        var term = Rule(contract, shape, word, depth: 0);
        if (!term.NamesCaller) term = new Both(term, Fact());
        // Most rules have a way through, so that calls reach what lies behind them.
        if (chance > 10) term = new Either(term, Pick<Term>(new Owns(), Facts[1], Facts[2], Facts[5]));
        shape.ReadsOld |= word == "update" && term.Cel("record").Contains("old.", StringComparison.Ordinal);
        return new Law(term);
    }

    private Term Rule(ContractShape contract, CollectionShape shape, string word, int depth)
    {
        switch (random.Below(depth < 2 ? 9 : 6))
        {
            case 0 or 1:
                return Fact();
            case 2:
                return new Owns();
            case 3:
                return shape.HasWorkspaces ? Pick<Term>(new OfWorkspace(), new InNamedWorkspace()) : Fact();
            case 4:
                return Compared(shape, word);
            case 5:
                return Referred(contract, shape);
            case 6:
                return new Both(
                    Rule(contract, shape, word, depth + 1), Rule(contract, shape, word, depth + 1));
            case 7:
                return new Either(
                    Rule(contract, shape, word, depth + 1), Rule(contract, shape, word, depth + 1));
            default:
                return new Not(Rule(contract, shape, word, depth + 1));
        }
    }

    private Term Fact() => Facts[random.Below(Facts.Length)];

    private Term Compared(CollectionShape shape, string word)
    {
        if (word == "update" && Chance(2))
        {
            var plain = shape.Fields.Where(f => f.IsPlain).ToList();
            var field = plain[random.Below(plain.Count)].Name;
            return Chance(2) ? new Kept(field) : Comparison(shape, []) with { OfOld = true };
        }
        return Comparison(shape, []);
    }

    private Compare Comparison(CollectionShape shape, IReadOnlyList<string> path)
    {
        var fields = shape.Fields.Where(f => f.Kind is not (Kind.Json or Kind.Secret or Kind.Reference)).ToList();
        var field = fields[random.Below(fields.Count)];
        return field.Kind switch
        {
            Kind.Mark => new Compare(path, field.Name, Pick("!=", "=="), null),
            Kind.Choice => new Compare(path, field.Name, Pick("==", "!=", "<"), Pick(FieldShape.Choices)),
            Kind.Flag => new Compare(path, field.Name, Pick("==", "!="), Chance(2)),
            Kind.Number => new Compare(path, field.Name, Pick("<", ">="), 4.5),
            Kind.Time => new Compare(path, field.Name, Pick("<", ">="), RandomBodies.Noon),
            _ => new Compare(path, field.Name, Pick("<", ">=", "==", "!="), (long)random.Below(9)),
        };
    }

    /// <summary>Along references, or back along them.</summary>
    private Term Referred(ContractShape contract, CollectionShape shape)
    {
        var backs = contract.ReferencesTo(shape).Where(r => r.Reference.Back is not null).ToList();
        if (backs.Count > 0 && Chance(2))
        {
            var (other, reference) = backs[random.Below(backs.Count)];
            Term inner = Chance(2) ? new Belongs([]) : Comparison(other, []);
            return new Exists(reference.Back!, inner);
        }
        var (path, end) = (new List<string>(), shape);
        while (end.References.Count > 0 && path.Count < 3 && (path.Count == 0 || Chance(2)))
        {
            var reference = end.References[random.Below(end.References.Count)];
            path.Add(reference.As);
            end = contract.Of(reference.Target);
        }
        if (path.Count == 0) return Fact();
        return Chance(2) ? new Belongs(path) : Comparison(end, path);
    }

    private bool Chance(int of) => random.Below(of) == 0;

    private T Pick<T>(params T[] of) => of[random.Below(of.Length)];
}
