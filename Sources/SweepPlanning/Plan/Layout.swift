import TrialContract

/// A sweep laid out: its dimensions and what varies along them.
struct Layout: Sendable {
    let spec: SweepSpec
    let grid: Grid
    let quantities: [Quantity]
    private let places: [String: Int]

    init(spec: SweepSpec, grid: Grid, quantities: [Quantity]) {
        self.spec = spec
        self.grid = grid
        self.quantities = quantities
        places = Dictionary(uniqueKeysWithValues: quantities.enumerated().map { ($1.name, $0) })
    }

    subscript(name: String) -> Quantity? { places[name].map { quantities[$0] } }

    /// A quantity's value at positions along all dimensions; 0 where there is no such quantity.
    func value(_ name: String, at digits: [Int]) -> Double { self[name].map { value($0, at: digits) } ?? 0 }

    func value(_ quantity: Quantity, at digits: [Int]) -> Double {
        switch quantity.values {
        case .table(let values):
            var place = 0
            for dimension in quantity.dimensions {
                place = place * grid.dimensions[dimension].count + digits[dimension]
            }
            return values[place]
        }
    }

    /// The chosen component of a kind.
    func entry(_ kind: ComponentKind, at digits: [Int]) -> ComponentEntry {
        guard let choice = spec.choices[kind] else { preconditionFailure("the decoder requires \(kind.fieldName)") }
        return choice.entries[Int(value(kind.fieldName, at: digits))]
    }

    /// The component's parameters: given with it, swept or fixed for its kind, or its default.
    func choice(_ kind: ComponentKind, at digits: [Int]) -> ComponentChoice {
        let entry = entry(kind, at: digits)
        var parameters: [String: Double] = [:]
        for parameter in entry.description.parameters {
            if let given = entry.given[parameter.name] {
                parameters[parameter.name] = given
            } else if let quantity = self["\(kind.fieldName).\(parameter.name)"] {
                parameters[parameter.name] = value(quantity, at: digits)
            } else {
                parameters[parameter.name] = parameter.defaultValue
            }
        }
        return ComponentChoice(entry.description.name, parameters)
    }
}
