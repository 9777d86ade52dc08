import TrialContract

/// An objective as a sweep file writes it: texts that have been read, not yet for given parameters.
public struct ProblemDefinition: Sendable {
    /// Numbers drawn once, the same for all cells: element k of law `normal` is a standard normal by Box & Muller from
    /// Philox4x32-10 with the seed as its key and the counter (k / 2, 0, 0, 1), of the other laws from one of its 64-bit words.
    public enum DrawnLaw: String, Sendable, CaseIterable { case normal, rademacher, uniform }

    /// Where a constant has its numbers from.
    public enum Constant: Sendable {
        case expression(DefinedExpression)
        /// As typed in or read from a file.
        case numbers([Double], rows: Int?, columns: Int, source: DefinitionSource)
        /// Numbers followed by zeros up to a length.
        case padded([Double], to: DefinedExpression)
        case drawn(DrawnLaw, shape: [DefinedExpression], seed: UInt64, source: DefinitionSource)
        /// Equal distances or ratios; both ends are included.
        case spaced(isGeometric: Bool, from: DefinedExpression, to: DefinedExpression, count: DefinedExpression)
    }

    /// What a step draws.
    public enum SampleLaw: Sendable {
        case normal(shape: [DefinedExpression])
        case rademacher(shape: [DefinedExpression])
        case uniform(shape: [DefinedExpression])
        /// Student's t with `freedom` > 0 degrees of freedom, which need not be whole.
        case studentT(shape: [DefinedExpression], freedom: DefinedExpression)
        /// Standard Cauchy: Student's t with one degree of freedom.
        case cauchy(shape: [DefinedExpression])
        /// One index; all are equally likely without weights, else in proportion to them.
        case choice(of: DefinedExpression, weights: DefinedExpression?)
        case batch(DefinedExpression, of: DefinedExpression, withReplacement: Bool)
    }

    public enum StartLaw: Sendable {
        /// One number for all coordinates of the variable, or one for each.
        case values(NumberList)
        case normal(DefinedExpression)
        case uniform(DefinedExpression, DefinedExpression)
        case sphere(DefinedExpression)
    }

    /// Numbers typed in, or computed.
    public enum NumberList: Sendable {
        case numbers([Double], source: DefinitionSource)
        case expression(DefinedExpression)

        public var source: DefinitionSource {
            switch self {
            case .numbers(_, let source): source
            case .expression(let text): text.source
            }
        }
    }

    /// Something with a name, and where that stands.
    public struct Named<Value: Sendable>: Sendable {
        public var name: String
        public var source: DefinitionSource
        public var value: Value

        public init(_ name: String, source: DefinitionSource, _ value: Value) {
            self.name = name
            self.source = source
            self.value = value
        }
    }

    public var name: String
    public var source: DefinitionSource
    public var parameters: [Named<Double>] = []
    /// Each with its lengths: none of a number.
    public var variables: [Named<[DefinedExpression]>] = []
    public var constants: [Named<Constant>] = []
    public var lets: [Named<DefinedExpression>] = []
    public var objective: DefinedExpression
    public var samples: [Named<SampleLaw>] = []
    public var stochastic: DefinedExpression?
    public var minimum: DefinedExpression?
    public var minimisers: [NumberList] = []
    public var distance: DefinedExpression?
    public var start: [Named<StartLaw>] = []

    public init(name: String, source: DefinitionSource, objective: DefinedExpression) {
        self.name = name
        self.source = source
        self.objective = objective
    }

    /// Whether it stands for a problem of the catalogue, which knows its minimum and minimisers.
    var isCompiled = false

    /// Whether trials know how far from a minimiser they are.
    public var knowsDistance: Bool { distance != nil || !minimisers.isEmpty }

    /// Names that lengths of variables depend on.
    public var namesOfSizes: Set<String> { Set(variables.flatMap { $0.value.flatMap { $0.tree.names } }) }

    /// The words that no parameter, variable, constant, sample or shorthand can be called.
    public static func isReserved(_ name: String) -> Bool {
        ["pi", "e", "dimension", "and", "or", "not"].contains(name) || DefinedFunction(rawValue: name) != nil
    }
}
