import TrialContract

extension AxisValues {
    package var areIntegers: Bool {
        if case .integers = self { true } else { false }
    }

    package var groupValues: [GroupValue] {
        switch self {
        case .names(let names): names.map(GroupValue.name)
        case .integers(let numbers): numbers.map { .number(Double($0)) }
        case .numbers(let numbers): numbers.map(GroupValue.number)
        }
    }

    package subscript(index: Int) -> GroupValue {
        switch self {
        case .names(let names): .name(names[index])
        case .integers(let numbers): .number(Double(numbers[index]))
        case .numbers(let numbers): .number(numbers[index])
        }
    }
}
