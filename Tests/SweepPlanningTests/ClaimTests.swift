import Testing
import TrialContract

/// A sweep over three rho and two optimizers with some claims.
private func claimText(_ claims: String, record: String = "[distance, best_distance]") -> String {
    """
    schema: 1
    name: claims
    problem: {name: quadratic, eigenvalues: [1, 2]}
    optimizer: [sgd, m-sam]
    steps: 10
    trials: 3
    axes: {learning_rate: [0.1, 0.2], rho: [0, 0.5, 2]}
    record: \(record)
    claims:
    \(claims)
    """
}

private func claims(_ lines: String) throws -> [Claim] { try plan(claimText(lines)).claims }

@Test func claimsAreReadWithTheirExpressions() throws {
    let claim = try #require(claims("""
        - name: stays-away
          says: It stays
            away.
          source: a paper
          where: rho > 0
          every: best_distance / rho
          at_least: learning_rate * smoothness / 8
          at_most: 7
          tolerance: 1.0e-3
          confidence: 0.95
        """).first)
    #expect(claim.name == "stays-away")
    #expect(claim.statement == "It stays away.")
    #expect(claim.source == "a paper")
    #expect(claim.confidence == 0.95)
    guard case .every(let measured) = claim.measure, case .band(let band) = claim.expectation else {
        Issue.record("\(claim)")
        return
    }
    #expect(measured.statistics == ["best_distance"])
    // Cells: optimizer, dimension, noise, learning rate, rho; the last is m-sam, 0.2, 2.
    #expect(measured.bound(to: 11)([3]) == 1.5)
    #expect(band.atLeast?.bound(to: 11)([]) == 0.2 * 2 / 8)
    #expect(band.atMost?.bound(to: 0)([]) == 7)
    #expect(band.tolerance == 1e-3)
    #expect(claim.selection?.bound(to: 6)([]) == 0 && claim.selection?.bound(to: 7)([]) == 1)
}

@Test func lawsBaselinesAndExtremesFindTheirDimensions() throws {
    let all = try claims("""
        - {name: a, says: x, exponent: {of: "distance^2", against: rho}, is: 2, within: 0.1, minus: {optimizer: sgd, rho: 0}}
        - {name: b, says: x, mean: distance, largest_over: [rho, optimizer], at_most: learning_rate}
        - {name: c, says: x, floor: {of: distance, against: "rho * learning_rate"}, at_least: 0}
        """)
    guard case .law(let law) = all[0].measure, case .law(let floor) = all[2].measure else {
        Issue.record("\(all)")
        return
    }
    #expect(law.model == "power" && floor.model == "power+floor")
    #expect(law.abscissa.dimensions == [4] && floor.abscissa.dimensions == [3, 4])
    #expect(all[0].baseline?.positions == [0: 0, 4: 0])
    #expect(all[0].baseline?.text == "optimizer sgd, rho 0")
    #expect(all[1].extreme?.dimensions == [0, 4] && all[1].extreme?.isLargest == true)
}

@Test func tablesSayWhatIsExpectedWhere() throws {
    let claim = try #require(claims("""
        - name: t
          says: x
          mean: distance
          table:
            rows: optimizer
            columns: rho
            outcomes: {reaches: {at_most: 0.1}, stops: {at_least: learning_rate}}
            expect: {m-sam: {0: reaches, 2: stops}}
        """).first)
    guard case .table(let table) = claim.expectation else {
        Issue.record("\(claim)")
        return
    }
    #expect(table.rows == 0 && table.columns == 4)
    #expect(table.outcomes.map(\.name) == ["reaches", "stops"])
    #expect(table.expected == [[nil, nil, nil], [0, nil, 1]])
}

@Test func claimsArePartOfNoFingerprint() throws {
    let bare = try plan(claimText("  []"))
    let changed = try plan(claimText("- {name: a, says: x, mean: distance, at_most: 1}"))
    let other = try plan(claimText("- {name: a, says: x, mean: distance, at_most: 1}"), set: ["claims.a.at_most=2"])
    #expect(bare.planFingerprint == changed.planFingerprint && bare.sweepFingerprint == changed.sweepFingerprint)
    #expect(other.planFingerprint == changed.planFingerprint)
    guard case .band(let band) = other.claims[0].expectation else { return }
    #expect(band.atMost?.bound(to: 0)([]) == 2)
}

@Test func claimsMayCountDivergedTrials() throws {
    let claim = try #require(claims("- {name: a, says: x, holds: diverged == 0 and steps_taken == steps}").first)
    #expect(claim.measure.expression.statistics == ["diverged", "steps_taken"])
    #expect(claim.measure.expression.bound(to: 0)([0, 10]) == 1)
    #expect(claim.measure.expression.bound(to: 0)([1, 10]) == 0)
}

/// A claim that is wrong in one place: line, field, parts of the message.
struct BadClaim: Sendable, CustomTestStringConvertible {
    var claim: String
    var field: String
    var parts: [String]
    var testDescription: String { claim }

    init(_ claim: String, _ field: String, _ parts: String...) {
        (self.claim, self.field, self.parts) = (claim, field, parts)
    }
}

@Test(arguments: [
    BadClaim("  7", "claims", "must be a list", "write - {name: NAME"),
    BadClaim("- {says: x, mean: distance, at_most: 1}", "claims", "needs a name", "as stays-away"),
    BadClaim("- {name: A, says: x, mean: distance, at_most: 1}", "claims", "needs a name", "A"),
    BadClaim("- {name: a, mean: distance, at_most: 1}", "claims.a", "says nothing", "add says"),
    BadClaim("- {name: a, says: x, at_most: 1}", "claims.a", "measures nothing", "holds, every, mean, exponent"),
    BadClaim("- {name: a, says: x, mean: distance, every: distance, at_most: 1}", "claims.a", "more than one thing", "mean, every"),
    BadClaim("- {name: a, says: x, mean: distance}", "claims.a", "expects nothing", "at_least, at_most or is"),
    BadClaim("- {name: a, says: x, mean: distance, is: 1}", "claims.a.is", "needs a width", "within"),
    BadClaim("- {name: a, says: x, mean: distance, is: 1, tolerance: 0.1, at_most: 2}", "claims.a", "a value and a bound", "keep is"),
    BadClaim("- {name: a, says: x, mean: distance, at_mots: 1}", "claims.a.at_mots", "unknown key", "did you mean at_most?"),
    BadClaim("- {name: a, says: x, mean: distence, at_most: 1}", "claims.a.mean", "not a known name", "did you mean distance?"),
    BadClaim("- {name: a, says: x, mean: suboptimality, at_most: 1}", "claims.a.mean", "is not recorded", "add it to record"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: distance}", "claims.a.at_most", "differs from trial to trial", "what is measured"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, tolerance: -1}", "claims.a.tolerance", ">= 0", "-1"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, confidence: 1}", "claims.a.confidence", "[0.5, 1)", "1"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, where: rho}", "claims.a.where", "must be a comparison", "rho"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, where: rho > 9}", "claims.a.where", "selects no cell", "relax"),
    BadClaim("- {name: a, says: x, holds: distance}", "claims.a.holds", "must be a comparison", "distance"),
    BadClaim("- {name: a, says: x, holds: distance < 1, at_most: 1}", "claims.a.at_most", "beside holds", "every"),
    BadClaim("- {name: a, says: x, exponent: {of: distance}, is: 2, within: 1}", "claims.a.exponent", "needs against", "rho"),
    BadClaim("- {name: a, says: x, exponent: {of: distance, against: steps}, is: 2, within: 1}", "claims.a.exponent.against", "has one value", "several under axes"),
    BadClaim("- {name: a, says: x, exponent: {of: rho, against: rho}, is: 2, within: 1}", "claims.a.exponent.of", "nothing that is recorded", "distance^2"),
    BadClaim("- {name: a, says: x, exponent: {of: distance, against: rho, model: quadratic}, is: 2, within: 1}", "claims.a.exponent.model", "one of power, power+floor", "quadratic"),
    BadClaim("- {name: a, says: x, exponent: {of: distance, against: rho}, is: rho, within: 1}", "claims.a.is", "varies along rho", "leave it out"),
    BadClaim("- {name: a, says: x, mean: distance, largest_over: rho, at_most: rho}", "claims.a.at_most", "varies along rho", "leave it out"),
    BadClaim("- {name: a, says: x, mean: distance, largest_over: rhoo, at_most: 1}", "claims.a.largest_over", "not a dimension", "did you mean rho?"),
    BadClaim("- {name: a, says: x, mean: distance, minus: {rho: 3}, at_most: 1}", "claims.a.minus.rho", "not a value of this dimension", "0, 0.5, 2"),
    BadClaim("- {name: a, says: x, mean: distance, minus: {optimizer: sam}, at_most: 1}", "claims.a.minus.optimizer", "not a value of this dimension", "sgd, m-sam"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, constant: {allowance: 2}}", "claims.a.constant", "needs found_where", "add found_where"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, constant: {found_where: rho < 1, allowance: 0.5}}", "claims.a.constant.allowance", "[1, inf)", "0.5"),
    BadClaim("- {name: a, says: x, mean: distance, at_most: 1, at_least: 0, constant: {found_where: rho < 1}}", "claims.a.constant", "belongs to one bound", "alone"),
    BadClaim("- {name: a, says: x, mean: distance, table: {rows: rho, columns: optimizer}}", "claims.a.table", "needs outcomes, expect", "rows: problem"),
    BadClaim("- {name: a, says: x, mean: distance, table: {rows: rho, columns: optimizer, outcomes: {o: {at_most: 1}}, expect: {7: {sgd: o}}}}", "claims.a.table.expect", "not a value of rho", "0, 0.5, 2"),
    BadClaim("- {name: a, says: x, mean: distance, table: {rows: rho, columns: optimizer, outcomes: {o: {at_most: 1}}, expect: {2: {sgd: p}}}}", "claims.a.table.expect.2.sgd", "not an outcome", "o"),
])
func badClaimsAreNamedWithLineFieldValueAndRemedy(bad: BadClaim) throws {
    let error = try #require(failure(claimText(bad.claim)))
    let found = try #require(error.diagnostics.first { $0.field == bad.field }, "\(error)")
    #expect(found.line ?? 0 >= 9)
    for part in bad.parts { #expect(found.description.contains(part), "\(found)") }
    #expect(!found.remedy.isEmpty)
}

@Test func claimsWithOneNameAreRefused() throws {
    let one = "- {name: a, says: x, mean: distance, at_most: 1}"
    #expect(try #require(failure(claimText("\(one)\n\(one)"))).description.contains("the same name twice"))
}
