import TrialContract

/// A number of the sweep file that can be fixed, swept, zipped or derived, named by its dotted path.
struct NumericField: Sendable {
    let name: String
    let longName: String
    let range: ParameterRange
    let isInteger: Bool
    /// `nil`: it must be given.
    let defaultValue: Double?
    /// Where it is not given, it is the cell's rho.
    let defaultsToRho: Bool

    init(
        _ name: String, _ longName: String, _ range: ParameterRange, isInteger: Bool = false,
        defaultValue: Double? = nil, defaultsToRho: Bool = false
    ) {
        self.name = name
        self.longName = longName
        self.range = range
        self.isInteger = isInteger
        self.defaultValue = defaultValue
        self.defaultsToRho = defaultsToRho
    }

    /// A component's parameter, under the component's own field.
    init(_ kind: ComponentKind, _ parameter: ParameterDescription) {
        self.init(
            "\(kind.fieldName).\(parameter.name)", parameter.summary, parameter.range, isInteger: parameter.isInteger,
            defaultValue: parameter.defaultValue, defaultsToRho: parameter.defaultsToRho)
    }

    /// Whether a value, possibly NaN, is not one it can have.
    func refuses(_ value: Double) -> Bool { !range.contains(value) || isInteger && value != value.rounded() }

    /// What a value must be, for messages.
    var demand: String { Self.demand(range, isInteger: isInteger) }

    static func demand(_ range: ParameterRange, isInteger: Bool) -> String {
        let kind = isInteger ? "an integer" : "a number"
        switch (range.lower, range.upper) {
        case (0, .infinity): return "\(kind) \(range.lowerIsOpen ? "> 0" : ">= 0")"
        default: return "\(kind) in \(range.text)"
        }
    }
}

extension ComponentKind {
    /// The kinds a sweep file chooses by name, `record` apart.
    static let choices: [ComponentKind] = [
        .optimizer, .problem, .noiseModel, .learningRateSchedule, .rhoSchedule,
    ]

    /// The sweep file's name for it.
    var fieldName: String {
        switch self {
        case .optimizer: "optimizer"
        case .problem: "problem"
        case .noiseModel: "noise_model"
        case .learningRateSchedule: "learning_rate_schedule"
        case .rhoSchedule: "rho_schedule"
        case .statistic: "record"
        case .curveQuantity: "curves.of"
        }
    }

    /// In words, for messages.
    var noun: String {
        switch self {
        case .optimizer: "optimizer"
        case .problem: "problem"
        case .noiseModel: "noise model"
        case .learningRateSchedule: "learning rate schedule"
        case .rhoSchedule: "rho schedule"
        case .statistic: "statistic"
        case .curveQuantity: "curve quantity"
        }
    }
}
