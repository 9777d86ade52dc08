/// What kinds of interchangeable parts a sweep is put together from.
public enum ComponentKind: String, Sendable, Codable, CaseIterable {
    case optimizer, problem, noiseModel, learningRateSchedule, rhoSchedule, statistic, curveQuantity
}

/// The interval a numeric parameter must lie in; ends are open where stated.
public struct ParameterRange: Sendable, Hashable {
    public let lower: Double
    public let upper: Double
    public let lowerIsOpen: Bool
    public let upperIsOpen: Bool

    public init(_ lower: Double, _ upper: Double, lowerIsOpen: Bool = false, upperIsOpen: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.lowerIsOpen = lowerIsOpen
        self.upperIsOpen = upperIsOpen
    }

    public static let positive = ParameterRange(0, .infinity, lowerIsOpen: true, upperIsOpen: true)
    public static let nonNegative = ParameterRange(0, .infinity, upperIsOpen: true)

    /// Whether `value` lies inside; NaN never does.
    public func contains(_ value: Double) -> Bool {
        (lowerIsOpen ? value > lower : value >= lower) && (upperIsOpen ? value < upper : value <= upper)
    }

    /// In interval notation, as `(0, 1]`.
    public var text: String {
        "\(lowerIsOpen ? "(" : "[")\(brief(lower)), \(brief(upper))\(upperIsOpen ? ")" : "]")"
    }
}

/// A numeric parameter of a component, as a sweep file names it.
public struct ParameterDescription: Sendable, Hashable {
    public let name: String
    public let summary: String
    public let range: ParameterRange
    /// `nil`: the sweep file must give it, unless `defaultsToRho`.
    public let defaultValue: Double?
    public let isInteger: Bool
    /// Left out, it is the cell's own base rho: the planner fills that in, so that cells of different rho are of
    /// different classes. Base rho 0 then needs an explicit value.
    public let defaultsToRho: Bool
    /// A choice that sweep files write as true or false; its values are 1 and 0.
    public let isBoolean: Bool

    public init(
        name: String, summary: String, range: ParameterRange, defaultValue: Double?, isInteger: Bool = false,
        defaultsToRho: Bool = false, isBoolean: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.range = range
        self.defaultValue = defaultValue
        self.isInteger = isInteger
        self.defaultsToRho = defaultsToRho
        self.isBoolean = isBoolean
    }

    /// The value among those that are given, or else the default, which is stated nowhere else; `nil` without either.
    public func value(in given: [String: Double]) -> Double? { given[name] ?? defaultValue }
}

/// One optimizer, problem, noise model, schedule or statistic: what `list`, `schema`, validation and the
/// documentation say of it.
public struct ComponentDescription: Sendable, Hashable {
    public let kind: ComponentKind
    public let name: String
    public let summary: String
    /// The defining formula in plain text.
    public let formula: String
    public let citation: String
    public var parameters: [ParameterDescription]
    /// What must hold between parameters, each a comparison in the grammar of `where` over the parameters' names.
    public let constraints: [String]
    /// The largest dimension it is defined for; `nil`: any.
    public let maximumDimension: Int?
    /// For problems: where their constants come from; `nil` for everything else.
    public let objective: ObjectiveProperties?
    /// Whether trials with it may be computed by the method `reduced` (see `ReductionRule`).
    public var allowsReduction: Bool
    /// For statistics and curve quantities: how a result file stores the values.
    public var storage: StatisticStorage
    /// Whether a sweep defines it, by its formula, rather than the program.
    public let isOwn: Bool
    /// For statistics and curve quantities: what must be known of the objective; `nil`: nothing.
    public let needs: ObjectiveKnowledge?

    public init(
        kind: ComponentKind, name: String, summary: String, formula: String, citation: String = "",
        parameters: [ParameterDescription] = [], constraints: [String] = [], maximumDimension: Int? = nil,
        objective: ObjectiveProperties? = nil, allowsReduction: Bool = false, storage: StatisticStorage = .float64,
        needs: ObjectiveKnowledge? = nil, isOwn: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.summary = summary
        self.formula = formula
        self.citation = citation
        self.parameters = parameters
        self.constraints = constraints
        self.objective = objective
        self.allowsReduction = allowsReduction
        self.maximumDimension = maximumDimension
        self.storage = storage
        self.needs = needs
        self.isOwn = isOwn
    }

    /// A parameter's value, from those that are given or its default.
    public func value(of parameter: String, in given: [String: Double]) -> Double {
        guard let value = parameters.first(where: { $0.name == parameter })?.value(in: given) else {
            fatalError("\(name) has no default for \(parameter): the planner must give it")
        }
        return value
    }
}

/// What a recorded quantity needs to know of an objective. Problems of the catalogue know both.
public enum ObjectiveKnowledge: Sendable, Hashable {
    /// The least value f*.
    case minimum
    /// Where it is smallest, or how far from there a point is.
    case minimiser
}

/// The stored form of a statistic.
public enum StatisticStorage: Sendable, Hashable {
    case float64
    case int32
    /// One float64 per coordinate: adds a `coordinate` dimension.
    case float64PerCoordinate
    /// So many float64, a vector that a sweep defines: adds a dimension of its own.
    case float64Vector(Int)

    /// The dimension of a vector that a sweep defines.
    public static func vectorDimension(of name: String) -> String { "\(name)_index" }

    /// Whether it is one number.
    public var isScalar: Bool { self == .float64 || self == .int32 }

    /// The numbers of a trial of so many coordinates; of a vector the most in any cell.
    public func width(dimension: Int) -> Int {
        switch self {
        case .float64, .int32: 1
        case .float64PerCoordinate: dimension
        case .float64Vector(let count): count
        }
    }
}

/// Everything the kernels of this build can compute. The planner gets it as a value and never imports kernels.
public struct ComponentCatalogue: Sendable {
    public let components: [ComponentDescription]
    /// Raised whenever a kernel's values change: results of different revisions are never mixed.
    public let kernelRevision: Int
    /// By optimizer: how many vectors of noise a step draws; none for those that follow the full gradient.
    public let noiseVectorsPerStep: [String: Int]
    /// By optimizer: how many gradients a step takes, exact and stochastic ones alike, also where rho is 0.
    public let gradientsPerStep: [String: Double]

    public init(
        components: [ComponentDescription], kernelRevision: Int, noiseVectorsPerStep: [String: Int] = [:],
        gradientsPerStep: [String: Double] = [:]
    ) {
        self.components = components
        self.kernelRevision = kernelRevision
        self.noiseVectorsPerStep = noiseVectorsPerStep
        self.gradientsPerStep = gradientsPerStep
    }

    /// The members of one kind, in catalogue order.
    public func all(_ kind: ComponentKind) -> [ComponentDescription] {
        components.filter { $0.kind == kind }
    }

    public func find(_ kind: ComponentKind, _ name: String) -> ComponentDescription? {
        components.first { $0.kind == kind && $0.name == name }
    }
}
