// The call by which the client learns what the server can.

import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';

const METHODS = ['read', 'append', 'batchappend', 'delete', 'tombstone'];

export function featuresCall(version: string): handleUnaryCall<Empty, SupportedMethods> {
  return (_call, callback) => {
    const answer = new features.SupportedMethods();
    answer.setEventStoreServerVersion(version);
    for (const name of METHODS) {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      answer.addMethods(method);
    }
    callback(null, answer);
  };
}
