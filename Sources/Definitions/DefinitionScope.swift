import ExpressionSyntax
import PortableMath
import TrialContract
import Wording

/// What the names of a definition mean for given parameters: values of one graph, found when they are first asked for.
final class DefinitionScope {
    /// Whether indices are all of them, and samples are not to be had, or what a step has drawn.
    enum Mode { case exact, stochastic }

    private let definition: ProblemDefinition
    private let parameters: [String: Double]
    private let statedDimension: Int?
    /// Whether a sampled index is one alone, in the place of the first.
    private let isOfOneExample: Bool
    /// Whether expressions may name the objective's value and its gradient, which then lie in the place of a sample.
    private let knowsObjective: Bool
    var graph = Graph()
    /// Numbers of drawn constants so far; each takes a microsecond.
    private var drawn = 0
    private static let mostDrawn = 1 << 22
    private(set) var dimension = 0
    private(set) var variables: [(name: String, shape: Shape, offset: Int)] = []
    private(set) var samples: [DefinedObjective.Sample] = []
    private(set) var sampleOffsets: [Int] = []
    private var sampleShapes: [Shape] = []
    private var sampleForms: [SampleForm] = []
    private var usedSamples: Set<Int> = []
    private var constants: [String: Typed] = [:]
    /// The one that is being laid out.
    private var constantInHand: String?
    private var shorthand: [Mode: [String: Typed]] = [:]

    init(
        _ definition: ProblemDefinition, _ parameters: [String: Double], _ dimension: Int?, isOfOneExample: Bool = false,
        knowsObjective: Bool = false
    ) {
        self.isOfOneExample = isOfOneExample
        self.knowsObjective = knowsObjective
        self.definition = definition
        self.parameters = parameters
        statedDimension = dimension
    }

    /// What becomes of the numbers that are drawn for a sample.
    private enum SampleForm {
        case asDrawn
        /// Of one uniform number each.
        case cauchy
        /// Of two uniform numbers each.
        case studentT(freedom: Double)
        /// An index of one uniform number: how many of these are not above it. One fewer than there are indices.
        case weighted(cumulative: [Double])
    }

    /// Draws of indices are counted in 31 bits, of which a sample has 24.
    static let mostIndexSamples = 128

    /// A sample that no expression has asked for.
    var unusedSample: (name: String, source: DefinitionSource)? {
        definition.samples.indices.first { !usedSamples.contains($0) }.map {
            (definition.samples[$0].name, definition.samples[$0].source)
        }
    }

    /// Lays out variables, constants and samples.
    func lay() throws(DefinitionError) {
        try layVariables()
        defer { constantInHand = nil }
        for constant in definition.constants {
            constantInHand = constant.name
            constants[constant.name] = Typed(node: try value(constant))
            guard graph.work <= ExpressionTyper.mostWork / 4 else {
                throw DefinitionError(
                    source: constant.source, message: "makes the constants too large: more than \(ExpressionTyper.mostWork / 4) numbers",
                    value: constant.name, remedy: "use smaller sizes")
            }
        }
        for sample in definition.samples { try lay(sample) }
    }

    /// Lays out the variables, whose lengths parameters alone decide.
    func layVariables() throws(DefinitionError) {
        for variable in definition.variables {
            let lengths = try lengths(variable.value)
            let shape = Self.shape(lengths, variable.value)
            variables.append((variable.name, shape, dimension))
            dimension += shape.count
            guard dimension <= ExpressionTyper.mostElements else {
                throw DefinitionError(
                    source: variable.source, message: "makes more than \(ExpressionTyper.mostElements) coordinates",
                    value: variable.name, remedy: "use smaller sizes")
            }
        }
    }

    /// Lengths of 1 or more.
    private func lengths(_ texts: [DefinedExpression]) throws(DefinitionError) -> [Int] {
        var lengths: [Int] = []
        for text in texts {
            let value = try constant(text, "a length")[0]
            guard value == value.rounded(), value >= 1, value <= Double(ExpressionTyper.mostElements) else {
                throw DefinitionError(
                    source: text.source, message: "must be a whole number from 1 to \(ExpressionTyper.mostElements)",
                    value: brief(value), remedy: "change the parameters it is computed from")
            }
            lengths.append(Int(value))
        }
        let count = lengths.reduce(1.0) { $0 * Double($1) }
        guard let first = texts.first, count > Double(ExpressionTyper.mostElements) else { return lengths }
        throw DefinitionError(
            source: first.source, message: "makes more than \(ExpressionTyper.mostElements) numbers", value: brief(count),
            remedy: "use smaller sizes")
    }

    private func lay(_ sample: ProblemDefinition.Named<ProblemDefinition.SampleLaw>) throws(DefinitionError) {
        func add(_ law: DefinedObjective.Sample.Law, _ shape: Shape, perNumber: Int = 1, as form: SampleForm = .asDrawn) {
            sampleForms.append(form)
            sampleOffsets.append(samples.reduce(0) { $0 + $1.count })
            if isOfOneExample, case .indices = law {
                sampleShapes.append(shape.isScalar ? .scalar : .vector(1))
            } else {
                sampleShapes.append(shape)
            }
            samples.append(DefinedObjective.Sample(law: law, count: perNumber * shape.count))
        }
        switch sample.value {
        case .normal(let shape): add(.normal, Self.shape(try lengths(shape), shape))
        case .rademacher(let shape): add(.rademacher, Self.shape(try lengths(shape), shape))
        case .uniform(let shape): add(.uniform, Self.shape(try lengths(shape), shape))
        case .studentT(let shape, let text):
            let freedom = try constant(text, "freedom")[0]
            guard freedom > 0, freedom.isFinite else {
                throw DefinitionError(
                    source: text.source, message: "must be above 0", value: brief(freedom),
                    remedy: "give the degrees of freedom, as 3: the variance is finite above 2")
            }
            add(.uniform, Self.shape(try lengths(shape), shape), perNumber: 2, as: .studentT(freedom: freedom))
        case .cauchy(let shape): add(.uniform, Self.shape(try lengths(shape), shape), as: .cauchy)
        case .choice(let bound, nil): add(.indices(of: try lengths([bound])[0], withReplacement: true), .scalar)
        case .choice(let bound, .some(let weights)):
            add(.uniform, .scalar, as: .weighted(cumulative: try cumulative(weights, try lengths([bound])[0])))
        case .batch(let size, let bound, let withReplacement):
            let count = try lengths([size])[0], of = try lengths([bound])[0]
            guard withReplacement || count <= of else {
                throw DefinitionError(
                    source: size.source, message: "draws \(count) different indices of \(of)", value: "\(count)",
                    remedy: "draw at most \(of), or with replacement: true")
            }
            add(.indices(of: of, withReplacement: withReplacement), .vector(count))
        }
        let indexed = samples.count { if case .indices = $0.law { true } else { false } }
        guard indexed <= Self.mostIndexSamples else {
            throw DefinitionError(
                source: sample.source, message: "is more than the \(Self.mostIndexSamples) samples of indices that a step may draw",
                value: sample.name, remedy: "draw several indices at once, as {batch: 2, of: n, replacement: true}")
        }
    }

    /// The probabilities of the indices below each, from 1 on.
    private func cumulative(_ text: DefinedExpression, _ bound: Int) throws(DefinitionError) -> [Double] {
        let weights = try values(text)
        guard weights.count == bound else {
            throw DefinitionError(
                source: text.source, message: "are \(counted(weights.count, "weight")) of \(counted(bound, "index", "indices"))",
                value: "weights", remedy: "give one weight for each")
        }
        if let negative = weights.first(where: { $0 < 0 }) {
            throw DefinitionError(
                source: text.source, message: "has a weight below 0", value: brief(negative), remedy: "give weights of 0 or more")
        }
        var sum = 0.0
        let sums = weights.map { weight in
            sum += weight
            return sum
        }
        guard sum > 0, sum.isFinite else {
            throw DefinitionError(
                source: text.source, message: "has weights whose sum is \(brief(sum))", value: "weights",
                remedy: "give at least one weight above 0")
        }
        return sums.dropLast().map { $0 / sum }
    }

    /// A number is written as 1; a length that happens to be 1 stays a vector's.
    private static func shape(_ lengths: [Int], _ texts: [DefinedExpression]) -> Shape {
        let isNumber = texts.count == 1 && lengths == [1] && texts[0].canonicalText == "1"
        return isNumber ? .scalar : Shape(lengths)
    }

    // MARK: Constants

    private func value(_ constant: ProblemDefinition.Named<ProblemDefinition.Constant>) throws(DefinitionError) -> Graph.Node {
        switch constant.value {
        case .expression(let text):
            let node = try number(text, among: ConstantNames(self))
            try requireFinite(node, text.source)
            return node
        case .numbers(let values, let rows, let columns, _):
            if rows == nil, columns == 0 { return graph.number(values[0]) }
            return graph.constant(values, rows.map { .matrix($0, columns) } ?? .vector(columns))
        case .padded(let values, let to):
            let length = try lengths([to])[0]
            guard length >= values.count else {
                throw DefinitionError(
                    source: to.source, message: "is shorter than the list of \(counted(values.count, "number"))", value: "\(length)",
                    remedy: "shorten the list or pad it to more")
            }
            return graph.constant(values + [Double](repeating: 0, count: length - values.count), .vector(length))
        case .drawn(let law, let shape, let seed, _):
            let lengths = try lengths(shape)
            let shape = Self.shape(lengths, shape)
            drawn += shape.count
            guard drawn <= Self.mostDrawn else {
                throw DefinitionError(
                    source: constant.source, message: "draws more than \(Self.mostDrawn) numbers", value: constant.name,
                    remedy: "use smaller sizes")
            }
            return graph.constant(law.numbers(shape.count, seed: seed), shape)
        case .spaced(let isGeometric, let from, let to, let count):
            let ends = (try self.constant(from, "an end")[0], try self.constant(to, "an end")[0])
            let number = try lengths([count])[0]
            guard !isGeometric || ends.0 > 0 && ends.1 > 0 else {
                throw DefinitionError(
                    source: from.source, message: "equal ratios need ends > 0", remedy: "use linspace")
            }
            let values = isGeometric
                ? PortableMath.logspace(from: ends.0, to: ends.1, count: number)
                : PortableMath.linspace(from: ends.0, to: ends.1, count: number)
            return graph.constant(values, .vector(number))
        }
    }

    private func requireFinite(_ node: Graph.Node, _ source: DefinitionSource) throws(DefinitionError) {
        guard let bad = graph.values(node)?.first(where: { !$0.isFinite }) else { return }
        throw DefinitionError(
            source: source, message: "has a value that is not finite", value: "\(bad)",
            remedy: "check divisions, logarithms and roots")
    }

    // MARK: Expressions

    /// The value of an expression. The graph is out of the scope's hands meanwhile; names get it back for as long as they
    /// need it.
    private func typed(_ text: DefinedExpression, among names: any NameScope) throws(DefinitionError) -> Typed {
        var lent = Graph()
        swap(&lent, &graph)
        defer { swap(&lent, &graph) }
        return try ExpressionTyper.value(text, in: &lent, scope: names)
    }

    /// A number, vector or matrix.
    private func number(_ text: DefinedExpression, among names: any NameScope) throws(DefinitionError) -> Graph.Node {
        let typed = try typed(text, among: names)
        guard typed.kind == .number else {
            throw DefinitionError(
                source: text.source, offset: 0, message: typed.kind == .condition ? "is a comparison" : "is an index",
                remedy: "give a number")
        }
        return typed.node
    }

    /// A single number over variables.
    func number(_ text: DefinedExpression, _ mode: Mode, _ what: String) throws(DefinitionError) -> Graph.Node {
        let node = try number(text, among: ModeNames(self, mode, asker: text.source))
        guard graph.shape(node).count == 1 else {
            throw DefinitionError(
                source: text.source, offset: 0, message: "\(what) must be one number, not of shape \(graph.shape(node))",
                remedy: "take its sum, mean or norm")
        }
        return graph.reshape(node, .scalar)
    }

    /// What a statistic records: a number or a vector; a comparison counts 1 where it holds and 0 elsewhere.
    ///
    /// - Parameters:
    ///   - asComparison: whether nothing but a comparison will do.
    ///   - most: numbers that a vector may have.
    func recorded(
        _ text: DefinedExpression, asComparison: Bool, atMost most: Int
    ) throws(DefinitionError) -> Graph.Node {
        let typed = try typed(text, among: ModeNames(self, .exact, asker: text.source)), shape = graph.shape(typed.node)
        func fault(_ message: String, _ remedy: String) -> DefinitionError {
            DefinitionError(source: text.source, offset: 0, message: message, remedy: remedy)
        }
        if case .index = typed.kind { throw fault("is an index", "give a number") }
        if asComparison, typed.kind != .condition {
            throw fault("is no comparison, and over: first waits until one holds", "compare it with something, as norm(x) > 1")
        }
        guard !shape.isMatrix || shape.count == 1 else {
            throw fault(
                "is a matrix of shape \(shape), and numbers and vectors can be recorded",
                "make it a vector with reshape(…, \(shape.count)), or take its sum, mean or norm")
        }
        guard shape.count <= most else {
            let isLarge = most == StatisticDefinition.largestNumbers
            throw fault(
                "is a vector of \(shape.count) numbers, and \(most) are the most that are recorded"
                    + (isLarge ? "" : " unless allow_large is true"),
                (isLarge ? "" : "add allow_large: true, which takes up to \(StatisticDefinition.largestNumbers), or ")
                    + "record a part of it, as \(text.writtenText.isPlainName ? text.writtenText : "v")[0:\(most)], or its sum, mean or norm")
        }
        return shape.count == 1 ? graph.reshape(typed.node, .scalar) : typed.node
    }

    func values(_ list: ProblemDefinition.NumberList) throws(DefinitionError) -> [Double] {
        switch list {
        case .numbers(let values, _): values
        case .expression(let text): try values(text)
        }
    }

    /// The numbers of an expression over parameters and constants.
    func values(_ text: DefinedExpression) throws(DefinitionError) -> [Double] {
        let node = try number(text, among: ConstantNames(self))
        try requireFinite(node, text.source)
        return graph.values(node) ?? []
    }

    /// One number over parameters and constants.
    func constant(_ text: DefinedExpression, _ what: String) throws(DefinitionError) -> [Double] {
        let values = try values(text)
        guard values.count == 1 else {
            throw DefinitionError(
                source: text.source, offset: 0, message: "\(what) must be one number, not \(values.count)",
                remedy: "take one of them, or their sum")
        }
        return values
    }

    // MARK: Names

    /// A definition is built from what stands above it: neither from itself nor from what it helps to define.
    fileprivate func recursion(of name: String, _ source: DefinitionSource, in user: String?) -> DefinitionError {
        let isItself = user == name
        return DefinitionError(
            source: source, message: isItself ? "is defined by itself" : "is used by \(user ?? "what stands above it"), which stands above it",
            value: name, remedy: isItself ? "write what it is without \(name)" : "put it before what uses it; the two may not use each other")
    }

    fileprivate func constant(named name: String) -> Typed? {
        if let value = parameters[name] { return Typed(node: graph.number(value)) }
        if name == "dimension" {
            // Where lengths are laid out with it, the sweep's own; afterwards the number of coordinates.
            let value = statedDimension ?? (variables.count == definition.variables.count ? dimension : nil)
            return value.map { Typed(node: graph.number(Double($0))) }
        }
        return constants[name]
    }

    fileprivate var constantNames: [String] {
        parameters.keys.sorted() + ["dimension"] + definition.constants.map(\.name)
    }

    fileprivate func variable(_ name: String) -> Typed? {
        if let variable = variables.first(where: { $0.name == name }) {
            let point = graph.point(dimension)
            let view = View(
                offset: variable.offset, rowStride: variable.shape.isMatrix ? variable.shape.columns : 0, columnStride: 1)
            return Typed(node: graph.view(point, view, variable.shape))
        }
        return nil
    }

    /// All coordinates as one vector, called x where nothing else is.
    fileprivate func wholePoint(_ name: String) -> Typed? {
        name == "x" ? Typed(node: graph.point(dimension)) : nil
    }

    /// What is known of the objective at the point, where nothing else is called so.
    fileprivate func ofObjective(_ name: String, _ asker: DefinitionSource) throws(DefinitionError) -> Typed? {
        guard knowsObjective else { return nil }
        switch name {
        case "objective": return Typed(node: graph.sample(offset: DefinedStatistic.objectivePlace, .scalar))
        case "gradient": return Typed(node: graph.sample(offset: DefinedStatistic.gradientPlace, .vector(dimension)))
        case "distance":
            guard definition.isCompiled || definition.knowsDistance else {
                throw DefinitionError(
                    source: asker, message: "names the distance, which the problem does not state", value: name,
                    remedy: "add minimisers or distance to the problem, or write the distance out, as norm(x - [1, 2])")
            }
            return Typed(node: graph.sample(offset: DefinedStatistic.distancePlace, .scalar))
        case "suboptimality":
            guard definition.isCompiled || definition.minimum != nil else {
                throw DefinitionError(
                    source: asker, message: "names the suboptimality, and the problem does not state its minimum", value: name,
                    remedy: "add minimum to the problem, or use objective")
            }
            return Typed(node: graph.sample(offset: DefinedStatistic.suboptimalityPlace, .scalar))
        default: return nil
        }
    }

    fileprivate var objectiveNames: [String] { knowsObjective ? ["objective", "gradient", "distance", "suboptimality"] : [] }

    fileprivate func sample(_ place: Int, _ mode: Mode, _ asker: DefinitionSource) throws(DefinitionError) -> Typed {
        usedSamples.insert(place)
        let shape = sampleShapes[place]
        if case .weighted(let cumulative) = sampleForms[place] {
            let bound = cumulative.count + 1
            guard mode == .stochastic else { return allIndices(bound) }
            return Typed(node: weightedIndex(cumulative, sampleOffsets[place]), kind: .index(bound: bound))
        }
        guard case .indices(let bound, _) = samples[place].law else {
            guard mode == .stochastic else {
                throw DefinitionError(
                    source: asker, message: "uses \(definition.samples[place].name), which only a step draws",
                    remedy: "write what the stochastic gradient sees under stochastic, and its mean under objective")
            }
            return Typed(node: number(sampleForms[place], sampleOffsets[place], shape))
        }
        if mode == .exact { return allIndices(bound) }
        return Typed(node: graph.sample(offset: sampleOffsets[place], shape), kind: .index(bound: bound))
    }

    private func allIndices(_ bound: Int) -> Typed {
        Typed(node: graph.constant((0..<bound).map(Double.init), .vector(bound)), kind: .index(bound: bound))
    }

    /// The sample's numbers, from the uniform ones u in [0, 1), multiples of 2^-52, that are drawn for them.
    private func number(_ form: SampleForm, _ offset: Int, _ shape: Shape) -> Graph.Node {
        func drawn(_ part: Int) -> Graph.Node { graph.sample(offset: offset + part * shape.count, shape) }
        func times(_ factor: Double, _ node: Graph.Node) -> Graph.Node { graph.element(.multiply, [graph.number(factor), node]) }
        func plus(_ term: Double, _ node: Graph.Node) -> Graph.Node { graph.element(.add, [graph.number(term), node]) }
        switch form {
        case .asDrawn, .weighted: return drawn(0)
        case .cauchy:
            // The cotangent of pi r; r = u - 1/2 + 2^-53 is exact, symmetric, never 0, and finely resolved where the
            // cotangent is large.
            let angle = times(.pi, plus(0x1p-53, plus(-0.5, drawn(0))))
            return graph.element(.divide, [graph.element(.cosine, [angle]), graph.element(.sine, [angle])])
        case .studentT(let freedom):
            // R. W. Bailey, Polar generation of random variates with the t-distribution, Math. Comp. 62 (1994) 779:
            // sqrt(k (w^(-2/k) - 1)) cos(2 pi v) with independent w and v; w = u + 2^-53 is exact and neither 0 nor 1.
            let logarithm = graph.element(.logarithm, [plus(0x1p-53, drawn(0))])
            let square = times(freedom, graph.element(.exponentialMinusOne, [times(-2 / freedom, logarithm)]))
            let cosine = graph.element(.cosine, [times(2 * .pi, drawn(1))])
            return graph.element(.multiply, [graph.element(.squareRoot, [square]), cosine])
        }
    }

    private func weightedIndex(_ cumulative: [Double], _ offset: Int) -> Graph.Node {
        let u = graph.sample(offset: offset, .scalar)
        guard !cumulative.isEmpty else { return graph.index(graph.element(.floor, [u])) }
        let passed = graph.element(.lessOrEqual, [graph.constant(cumulative, .vector(cumulative.count)), u])
        return graph.index(graph.sum(passed))
    }

    /// Names of variables, shorthand and samples on top of constants.
    private final class ModeNames: NameScope {
        private let scope: DefinitionScope
        private let mode: Mode
        /// How many of the shorthands may be used: those above the one in hand.
        private let visible: Int
        private let asker: DefinitionSource

        init(_ scope: DefinitionScope, _ mode: Mode, visible: Int? = nil, asker: DefinitionSource? = nil) {
            self.scope = scope
            self.mode = mode
            self.visible = visible ?? scope.definition.lets.count
            self.asker = asker ?? scope.definition.objective.source
        }

        func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed? {
            // The scope owns the graph: it is put back while the scope works on it.
            swap(&scope.graph, &graph)
            defer { swap(&scope.graph, &graph) }
            if let place = scope.definition.lets.prefix(visible).lastIndex(where: { $0.name == name }) {
                if let known = scope.shorthand[mode]?[name] { return known }
                let shorthand = scope.definition.lets[place]
                let value = try scope.typed(
                    shorthand.value, among: ModeNames(scope, mode, visible: place, asker: shorthand.value.source))
                scope.shorthand[mode, default: [:]][name] = value
                return value
            }
            if let place = scope.definition.samples.firstIndex(where: { $0.name == name }) {
                return try scope.sample(place, mode, asker)
            }
            if let value = scope.variable(name) ?? scope.constant(named: name) ?? scope.wholePoint(name) { return value }
            if let value = try scope.ofObjective(name, asker) { return value }
            if let below = scope.definition.lets.first(where: { $0.name == name }) {
                throw scope.recursion(of: name, below.source, in: visible < scope.definition.lets.count ? scope.definition.lets[visible].name : nil)
            }
            return nil
        }

        var names: [String] {
            scope.definition.lets.prefix(visible).map(\.name) + scope.definition.samples.map(\.name)
                + scope.variables.map(\.name) + scope.constantNames + scope.objectiveNames
        }
    }

    /// Names of parameters and of the constants laid out so far.
    private final class ConstantNames: NameScope {
        private let scope: DefinitionScope

        init(_ scope: DefinitionScope) { self.scope = scope }

        func value(of name: String, _ graph: inout Graph) throws(DefinitionError) -> Typed? {
            swap(&scope.graph, &graph)
            defer { swap(&scope.graph, &graph) }
            if let value = scope.constant(named: name) { return value }
            guard let user = scope.constantInHand, let below = scope.definition.constants.first(where: { $0.name == name })
            else { return nil }
            throw scope.recursion(of: name, below.source, in: user)
        }

        var names: [String] { scope.constantNames }
    }
}

extension String {
    fileprivate var isPlainName: Bool { allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }
}

extension ProblemDefinition.DrawnLaw {
    /// The first numbers that a seed draws.
    func numbers(_ count: Int, seed: UInt64) -> [Double] {
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        func words(_ draw: Int) -> (UInt64, UInt64) {
            let block = Philox4x32.block(counter: SIMD4(UInt32(draw), 0, 0, 1), key: key)
            return (UInt64(block[0]) << 32 | UInt64(block[1]), UInt64(block[2]) << 32 | UInt64(block[3]))
        }
        func unit(_ word: UInt64) -> Double { Double(word >> 12) * 0x1p-52 }
        return (0..<count).map { k in
            let (u, v) = words(k / 2)
            switch self {
            case .uniform: return unit(k & 1 == 0 ? u : v)
            case .rademacher: return (k & 1 == 0 ? u : v) >> 63 == 0 ? 1 : -1
            case .normal:
                let radius = (-2 * PortableMath.log(1 - unit(u))).squareRoot(), angle = 2 * Double.pi * unit(v)
                return radius * (k & 1 == 0 ? PortableMath.cos(angle) : PortableMath.sin(angle))
            }
        }
    }
}
