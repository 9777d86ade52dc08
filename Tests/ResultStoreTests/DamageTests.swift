import CHDF5
import Foundation
import PortableMath
import StoreFixtures
import Synchronization
import Testing
import TrialContract

@testable import ResultStore

@Suite struct DamageTests {
    /// A finished result; the body may do with the path what it likes.
    func withFinished(_ plan: FakePlan = FakePlan(), _ body: (String) throws -> Void) throws {
        try withFolder { folder in
            let writer = try ResultWriter.open(path: folder + "/a.h5", plan: plan, provenance: .test)
            try plan.run(writer)
            try writer.finish()
            try body(folder + "/a.h5")
        }
    }

    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    /// Everything that a reader gets to see, as a text and numbers.
    func everything(_ path: String) throws -> Everything {
        let reader = try ResultReader.open(path)
        var text = "\(reader.dimensions) \(reader.auxiliaryCoordinates) \(reader.fixedParameters) \(reader.statistics)"
        text += "\(reader.sweepText) \(reader.title) \(reader.sweepFingerprint) \(reader.planFingerprint)"
        text += "\(reader.kernelRevision) \(reader.gitCommit) \(reader.history) \(reader.isMarkedComplete)"
        let cells = 0..<reader.cellCount
        return Everything(
            text: text, status: try reader.status(cells: cells), steps: try reader.stepsTaken(cells: cells),
            values: try reader.statistics.map { try reader.values(of: $0.name, cells: cells).map(\.bitPattern) })
    }

    struct Everything: Equatable {
        let text: String
        let status: [UInt8]
        let steps: [Int64]
        let values: [[UInt64]]
    }

    @Test func theStructureIsKnownAtEveryStage() throws {
        try withFolder { folder in
            let plan = FakePlan()
            let path = folder + "/a.h5"
            func requireIntact() throws {
                let file = try RawFile(path: path, writable: false)
                guard case .intact = try FileCheck.judge(file) else {
                    Issue.record("not intact")
                    return
                }
                let header = try ResultHeader.read(path)
                let structure = try FileStructure(file)
                // What is rewritten in the end lies in one sector.
                #expect(structure.root.chunks[0].extent.upperBound <= 512)
                #expect(CompletionMark.find(structure.root)?.chunk == 0)
                for variable in header.layout.variables {
                    #expect(structure.datasets[variable.name]?.lowerBound == header.offsets[variable.name])
                }
            }
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            try requireIntact()
            try plan.run(writer, limit: 100)
            try writer.synchronise()
            try requireIntact()
            try plan.run(writer)
            try writer.finish()
            try requireIntact()
        }
    }

    @Test func everyFlippedByteIsFoundOrHoldsNoResult() throws {
        try withFinished { path in
            let good = try bytes(path)
            let truth = try everything(path)
            let counter = Mutex((next: 0, found: 0))
            DispatchQueue.concurrentPerform(iterations: 4) { worker in
                let copy = "\(path).\(worker)"
                while true {
                    let turn = counter.withLock { $0.next += 1; return $0.next }
                    guard turn <= 1000 else { return }
                    var generator = SplitMix64(seed: UInt64(turn))
                    var bad = good
                    let place = Int(generator.next() % UInt64(bad.count))
                    bad[place] ^= UInt8(generator.next() % 255 + 1)
                    do {
                        try write(bad, copy)
                        let found = try everything(copy)
                        // A text for people that has changed is told; what decides the trials is as it was.
                        if try ResultReader.open(copy).hasEditedTexts {
                            #expect(found.status == truth.status && found.steps == truth.steps && found.values == truth.values)
                            counter.withLock { $0.found += 1 }
                        } else {
                            #expect(found == truth, "byte \(place)")
                        }
                    } catch {
                        #expect((error as? ResultStoreError)?.kind == .damaged)
                        counter.withLock { $0.found += 1 }
                    }
                }
            }
            let found = counter.withLock { $0.found }
            // Most of this small file is gaps between its parts and rows of few bytes.
            #expect(found > 300)
            print("1,000 flipped bytes: \(found) found, the others hold no result")
        }
    }

    @Test func aFlippedBitInAResultIsNamedWhenReadAndWhenResumed() throws {
        try withFinished { path in
            let plan = FakePlan()
            let header = try ResultHeader.read(path)
            for variable in header.layout.variables {
                let good = try bytes(path)
                var bad = good
                bad[header.offsets[variable.name]! + 17 * variable.rowBytes] ^= 0x10
                try write(bad, path)
                #expect { try everything(path) } throws: { error in
                    let error = error as! ResultStoreError
                    return error.kind == .damaged && error.description.contains(variable.name)
                        && error.description.contains("optimizer=sgd, dimension=1")
                }
                #expect { try ResultWriter.open(path: path, plan: plan, provenance: .test) } throws: { error in
                    (error as! ResultStoreError).kind == .damaged
                }
                try write(good, path)
            }
            #expect(names(in: Paths.folder(of: path)) == ["a.h5"])
        }
    }

    @Test func damagedTrialsCanBeComputedAgain() throws {
        let plan = FakePlan.large
        try withFinished(plan) { path in
            let header = try ResultHeader.read(path)
            var bad = try bytes(path)
            for name in ["distance", "status", "steps_taken"] { bad[header.offsets[name]! + 5000] ^= 0x81 }
            try write(bad, path)
            let writer = try ResultWriter.open(path: path, plan: plan, mode: .repair, provenance: .test)
            #expect(writer.warnings.count == 1 && writer.warnings[0].contains("trials are computed again"))
            // Three tiles of different columns, some of whose rows belong to excluded cells.
            #expect((1...3 * 1024).contains(writer.summary.missing))
            let before = try Truth(plan).compare(ResultReader.open(path))
            #expect(before.complaint == nil)
            #expect(try !ResultReader.open(path).isMarkedComplete)
            #expect(try plan.run(writer) == writer.summary.missing)
            try writer.finish()
            let reader = try ResultReader.open(path)
            #expect(try Truth(plan).compare(reader).complaint == nil)
            #expect(reader.isMarkedComplete)
            #expect(try ResultWriter.open(path: path, plan: plan, provenance: .test).warnings.isEmpty)
        }
    }

    /// libhdf5 goes in circles where the free space of a global heap, in which it keeps texts, has no length. Whoever makes
    /// such a file makes its checksum right as well.
    @Test func aHeapThatGoesInCirclesIsRefusedThoughItsChecksumIsRight() throws {
        try withFinished { path in
            let good = try bytes(path)
            let heap = try #require(good.indices.first { good[$0...].starts(with: Array("GCOL".utf8)) })
            func number(_ place: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(good[place + $1]) << (8 * $1) } }
            // Objects of the collection: index, references, reserved, length, and the bytes to a multiple of eight.
            var place = heap + 16
            while number(place, 2) != 0 { place += 16 + (number(place + 8, 8) + 7) / 8 * 8 }
            #expect(place < heap + number(heap + 8, 8))
            var bad = good
            for index in 8..<16 { bad[place + index] = 0 }
            try write(bad, path)
            try forgeChecksum(path)
            let error = #expect(throws: ResultStoreError.self) { try ResultReader.open(path) }
            #expect(error?.kind == .damaged && error?.reason.contains("does not come to an end") == true, "\(error as Any)")
            #expect(throws: ResultStoreError.self) {
                try ResultWriter.open(path: path, plan: FakePlan(), mode: .repair, provenance: .test)
            }
            try write(good, path)
            try forgeChecksum(path)
            #expect(try bytes(path) == good)
        }
    }

    /// What libhdf5 does with an object that a heap does not have depends on what lay in memory before, so that a file which
    /// another process has survived may still end this one.
    @Test func aResultIsNeverOpenInThisProcess() throws {
        try withFinished { path in
            func isOpen() -> Bool {
                HDF5Library.exclusively {
                    let everyFile: hid_t = 0x1F
                    var ids = [hid_t](repeating: -1, count: 1000)
                    let count = Int(H5Fget_obj_ids(everyFile, UInt32(H5F_OBJ_FILE), ids.count, &ids))
                    return ids.prefix(max(0, count)).contains { id in
                        var name = [CChar](repeating: 0, count: 2048)
                        _ = H5Fget_name(id, &name, name.count)
                        return name.starts(with: path.utf8.map { CChar(bitPattern: $0) } + [0])
                    }
                }
            }
            _ = try ResultCompression.run(path: path, threads: 1)
            let reader = try ResultReader.open(path)
            #expect(!reader.header.isContiguous)
            #expect(!isOpen())
            _ = try reader.values(of: reader.statistics[0].name, cells: 0..<reader.cellCount)
            #expect(!isOpen())
        }
    }

    /// Every object of every heap is given the number of one that is not there, or a length beyond the heap, one after the other.
    @Test func anObjectThatAHeapDoesNotHaveIsAWordAboutTheFile() throws {
        try withFinished { path in
            let good = try bytes(path)
            func number(_ place: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(good[place + $1]) << (8 * $1) } }
            var refused = 0
            for heap in good.indices where good[heap...].starts(with: Array("GCOL".utf8)) {
                // Objects: number, references, four bytes, length, then the bytes, to a multiple of eight.
                var place = heap + 16
                while place < heap + number(heap + 8, 8), number(place, 2) != 0 {
                    for (offset, value) in [(0, UInt8(0xF0)), (14, 0x7F)] {
                        var changed = good
                        changed[place + offset] = value
                        try write(changed, path)
                        try forgeChecksum(path)
                        do { _ = try everything(path) } catch let error as ResultStoreError {
                            #expect(error.kind == .damaged, "\(error)")
                            refused += 1
                        }
                    }
                    place += 16 + (number(place + 8, 8) + 7) / 8 * 8
                }
            }
            #expect(refused > 20)
        }
    }

    /// Makes the checksum over a file's fixed part right.
    private func forgeChecksum(_ path: String) throws {
        let file = try RawFile(path: path, writable: true)
        let structure = try FileStructure(file)
        let place = try #require(structure.datasets[ResultLayout.fixedChecksumPath])
        try file.write([FixedBytes.checksum(file, structure).littleEndian], at: place.lowerBound, "checksum")
        guard case .intact = try FileCheck.judge(file) else {
            Issue.record("the checksum is not right")
            return
        }
    }

    @Test func whatAnotherProgramAddedIsNoDamage() throws {
        try withFinished { path in
            let truth = try everything(path)
            try HDF5Library.exclusively {
                let file = try HDF5File.openOwn(path: path)
                try file.writeAttribute("note", .text("mine"))
                try file.createDataset("mine", .float64, [])
                try file.write([1.0], .float64, to: "mine")
                try file.close()
            }
            guard case .changed = try FileCheck.judge(RawFile(path: path, writable: false)) else {
                Issue.record("the change went unnoticed")
                return
            }
            #expect(try everything(path) == truth)
        }
    }

    @Test func aFileCutShortIsReported() throws {
        try withFinished { path in
            let good = try bytes(path)
            for length in [0, 5, 8, 95, 96, 500, 4096, good.count / 2, good.count - 1] {
                try write(Array(good.prefix(length)), path)
                #expect(throws: ResultStoreError.self) { try everything(path) }
                let error = #expect(throws: ResultStoreError.self) {
                    try ResultWriter.open(path: path, plan: FakePlan(), provenance: .test)
                }
                // A file of which too little is left is not taken for a result.
                #expect(error?.kind == (length <= 500 ? .cannotCreate : .damaged))
                #expect(try bytes(path).count == length)
            }
        }
    }

    @Test func aDamagedResultCanBeStartedOver() throws {
        try withFinished { path in
            var bad = try bytes(path)
            for place in 100..<2000 { bad[place] ^= 0x55 }
            // What tells that it is a result must be left.
            bad += Array("samsweep_format".utf8)
            try write(bad, path)
            #expect(throws: ResultStoreError.self) { try everything(path) }
            let writer = try ResultWriter.open(path: path, plan: FakePlan(), mode: .fresh, provenance: .test)
            try FakePlan().run(writer)
            try writer.finish()
            #expect(try FakePlan().complaints(ResultReader.open(path)).isEmpty)
        }
    }
}
