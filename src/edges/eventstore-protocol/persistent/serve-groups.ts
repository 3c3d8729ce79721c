import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js'
import grpc from '@eventstore/db-client/generated/persistent_grpc_pb.js'
import persistent from '@eventstore/db-client/generated/persistent_pb.js'
import type {
  CreateReq,
  CreateResp,
  DeleteReq,
  DeleteResp,
  GetInfoReq,
  GetInfoResp,
  ListReq,
  ListResp,
  ReplayParkedReq,
  ReplayParkedResp,
  UpdateReq,
  UpdateResp,
} from '@eventstore/db-client/generated/persistent_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js'
import { wholeLog } from '../../../platform/messaging/consumer-groups/port.ts'
import { badArgument, refusalOf } from '../call-refused.ts'
import type { Caller } from '../callers.ts'
import { withUnreadable } from '../unreadable-request.ts'
import type { Groups } from './group-operations.ts'
import { infoMessage } from './info-message.ts'
import { groupMissing } from './refusals.ts'
import { definedKeyOf, definitionOf, filterOf, keyOf, nameIn } from './requests.ts'
import { serveConsumer, type ConsumeCall } from './serve-consumer.ts'

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer'>

/** Options of `groupsService`. */
export type GroupsServiceOptions = {
  readonly groups: Groups
  /** Authenticates the caller. @throws CallRefused when that fails */
  readonly callerOf: (call: AnyCall) => Promise<Caller>
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

const { read, ...others } = grpc.PersistentSubscriptionsService

/** Definition of the service `PersistentSubscriptions`; answers of `Read` are encoded already. */
export const groupsDefinition = {
  ...others,
  read: { ...withUnreadable(read), responseSerialize: (answer: Buffer) => answer },
}

const sourceIn = (options: ListReq.Options | undefined): string | undefined => {
  const stream = options?.getListForStream()
  if (!stream) return undefined
  return stream.hasAll() ? wholeLog : nameIn(stream.getStream())
}

const limitOf = (options: ReplayParkedReq.Options): number | undefined => {
  if (!options.hasStopAt()) return undefined
  const limit = BigInt(options.getStopAt())
  if (limit < 0n) throw badArgument('options.stopAt: must not be negative')
  return limit > 2n ** 31n - 1n ? undefined : Number(limit)
}

/** Serves persistent subscriptions: groups of consumers that share the events of a stream or of the log. */
export const groupsService = ({
  groups,
  callerOf,
  closing,
  onError,
  now,
}: GroupsServiceOptions): UntypedServiceImplementation => {
  const unary =
    <Request, Response>(work: (caller: Caller, request: Request) => Promise<Response>) =>
    (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): void => {
      callerOf(call)
        .then((caller) => work(caller, call.request))
        .then(
          (response) => answer(null, response),
          (error: unknown) => {
            if (!call.cancelled) answer(refusalOf(error, onError))
          },
        )
    }
  const consume = serveConsumer({ groups, callerOf, closing, onError, now })

  return {
    create: unary<CreateReq, CreateResp>(async (caller, request) => {
      const options = request.getOptions()
      const filter = filterOf(options)
      await groups.create(caller, definedKeyOf(options), {
        ...definitionOf(options),
        ...(filter && { filter }),
      })
      return new persistent.CreateResp()
    }),
    update: unary<UpdateReq, UpdateResp>(async (caller, request) => {
      const options = request.getOptions()
      await groups.update(caller, definedKeyOf(options), definitionOf(options))
      return new persistent.UpdateResp()
    }),
    delete: unary<DeleteReq, DeleteResp>(async (caller, request) => {
      await groups.remove(caller, keyOf(request.getOptions()))
      return new persistent.DeleteResp()
    }),
    read: (call: ConsumeCall) => void consume(call),
    getInfo: unary<GetInfoReq, GetInfoResp>(async (caller, request) => {
      const report = await groups.report(caller, keyOf(request.getOptions()))
      return new persistent.GetInfoResp().setSubscriptionInfo(infoMessage(report))
    }),
    replayParked: unary<ReplayParkedReq, ReplayParkedResp>(async (caller, request) => {
      const options = request.getOptions()
      const key = keyOf(options)
      await groups.replayParked(caller, key, options && limitOf(options))
      return new persistent.ReplayParkedResp()
    }),
    list: unary<ListReq, ListResp>(async (caller, request) => {
      const source = sourceIn(request.getOptions())
      const reports = await groups.list(caller, source)
      if (source !== undefined && reports.length === 0) throw groupMissing({ source, name: '' })
      return new persistent.ListResp().setSubscriptionsList(reports.map(infoMessage))
    }),
    restartSubsystem: unary<Empty, Empty>(async (caller) => {
      await groups.restart(caller)
      return new shared.Empty()
    }),
  }
}
