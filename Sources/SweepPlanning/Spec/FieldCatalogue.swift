import TrialContract

/// All numbers that can be axes: those every sweep has and the parameters of the catalogue's components.
struct FieldCatalogue: Sendable {
    /// In the order in which messages and the schema list them.
    let fields: [NumericField]
    private let places: [String: Int]

    /// The number of coordinates beyond which a trial would not fit into memory.
    static let largestDimension = 1_000_000_000.0
    /// The generator counts steps in 32 bits.
    static let mostSteps = 4_294_967_296.0
    /// Seeds are integers that a double holds exactly.
    static let seeds = ParameterRange(0, 9_007_199_254_740_991)
    /// Trials are counted by integers that a double holds exactly.
    static let trialNumbers = ParameterRange(1, 9_007_199_254_740_991)

    static let learningRate = NumericField("learning_rate", "learning rate eta", .positive)
    static let rho = NumericField("rho", "perturbation radius rho", .nonNegative, defaultValue: 0)
    static let noise = NumericField("noise", "noise level", .nonNegative, defaultValue: 0)
    static let dimension = NumericField(
        "dimension", "number of coordinates d", ParameterRange(1, largestDimension), isInteger: true)
    static let steps = NumericField("steps", "number of steps T", ParameterRange(1, mostSteps), isInteger: true)
    static let seed = NumericField("seed", "root seed", seeds, isInteger: true, defaultValue: 0)
    static let radius = NumericField(
        "start.radius", "distance of the starting point along (1, ..., 1)", .nonNegative, defaultValue: 1)
    static let sphere = NumericField("start.sphere", "radius of the sphere of starting points", .nonNegative)
    static let eigenvalues = NumericField("problem.eigenvalues", "eigenvalue of every coordinate", .positive)

    /// Ends of a range of eigenvalues, as `problem.eigenvalues.logspace.from`.
    static func rangeEnd(_ kind: RangeKind, _ end: String) -> NumericField {
        NumericField("problem.eigenvalues.\(kind.rawValue).\(end)", "end of the spectrum's range", .positive)
    }

    init(_ catalogue: ComponentCatalogue) {
        var fields = [
            Self.learningRate, Self.rho, Self.noise, Self.dimension, Self.steps, Self.seed, Self.radius, Self.sphere,
            Self.eigenvalues,
        ]
        fields += RangeKind.allCases.flatMap { kind in ["from", "to"].map { Self.rangeEnd(kind, $0) } }
        var places: [String: Int] = [:]
        for kind in ComponentKind.choices {
            for parameter in catalogue.all(kind).flatMap(\.parameters) {
                let field = NumericField(kind, parameter)
                if !fields.contains(where: { $0.name == field.name }) { fields.append(field) }
            }
        }
        for (index, field) in fields.enumerated() { places[field.name] = index }
        self.fields = fields
        self.places = places
    }

    subscript(name: String) -> NumericField? { places[name].map { fields[$0] } }

    var names: [String] { fields.map(\.name) }
}

/// How a range's values are spaced.
enum RangeKind: String, Sendable, CaseIterable {
    case linspace, logspace, geomspace

    /// `geomspace` is another name of `logspace`.
    var isGeometric: Bool { self != .linspace }
}
